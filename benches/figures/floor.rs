//! The floor of a web page: axum, one handler, the very same bytes.

use std::{
    fs,
    io::BufRead as _,
    process::{Child, Command, Stdio},
};

use axum::{Router, routing::get};
use http::header;
use tokio::net::TcpListener;

/// Serves the bytes of a file, and says on which port.
pub(crate) async fn serve(body: &str) {
    let body: &'static str = Box::leak(fs::read_to_string(body).expect("the page").into_boxed_str());
    let page = move || async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body) };
    let router = Router::new().route("/login", get(page));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}", listener.local_addr().expect("an address").port());
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(hyper_util::rt::TokioTimer::new());
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        drop(stream.set_nodelay(true));
        let service = hyper_util::service::TowerToHyperService::new(router.clone());
        let connection = builder.serve_connection(hyper_util::rt::TokioIo::new(stream), service);
        #[expect(clippy::disallowed_methods, reason = "the floor is not the product")]
        tokio::spawn(connection);
    }
}

/// The floor as a process, and its port.
pub(crate) struct Floor {
    child: Child,
    pub(crate) port: u16,
}

impl Floor {
    pub(crate) fn with(page: &[u8]) -> Self {
        let file = std::env::temp_dir().join(format!("sonicsaas-floor-{}.html", std::process::id()));
        fs::write(&file, page).expect("written");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("floor")
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut said = String::new();
        let out = child.stdout.as_mut().expect("its output");
        std::io::BufReader::new(out).read_line(&mut said).expect("a port");
        Self {
            child,
            port: said.trim().parse().expect("a port"),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
