//! Sockets: listeners, connections, and the way from bytes to a request and back.
//!
//! Faults act here, because only here there is a connection to slow down or to cut. Stopping is graceful for a
//! moment and then final, so that a hanging fault cannot hold up a test run.

use std::{io, sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue, Method, Response};
use http_body_util::{BodyExt, Limited};
use hyper::{body::Incoming as Arriving, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use crate::{body::Sending, clock, control, faults, reply::Reply, request::Incoming, router, world::Shared};

/// Largest request body; control requests carry whole forged tokens.
const BODY_LIMIT: usize = 64 << 20;
/// How long connections may finish once the emulator stops.
const GRACE: Duration = Duration::from_millis(500);

/// Serves a listener until told to stop.
pub(crate) async fn listen(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Shared,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connect(stream, tls.clone(), shared.clone(), stop.clone()));
                }
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    connections.shutdown().await;
}

/// Returns once the emulator stops, or is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn connect(stream: TcpStream, tls: Option<TlsAcceptor>, shared: Shared, stop: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => serve(stream, "http", shared, stop).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, "https", shared, stop).await;
            }
        }
    }
}

async fn serve<S>(stream: S, scheme: &'static str, shared: Shared, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let shared = Arc::new(shared);
    let service = service_fn(move |request| exchange(Arc::clone(&shared), scheme, request));
    let mut builder = http1::Builder::new();
    // An idle connection stays: clients keep theirs for as long as they like.
    builder.header_read_timeout(None);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// One request. An error closes the connection without an answer.
async fn exchange(
    shared: Arc<Shared>,
    scheme: &'static str,
    request: http::Request<Arriving>,
) -> io::Result<Response<Sending>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT)
        .collect()
        .await
        .map_err(io::Error::other)?
        .to_bytes();
    let request = Incoming::new(scheme, &parts, body);
    if request
        .segments
        .first()
        .is_some_and(|segment| segment == "_control")
    {
        return respond(control::http::answer(&shared, &request), Sending::whole);
    }

    let route = router::route(&request);
    let (sequence, fault) = {
        let mut world = shared.lock();
        let now = world.clock.now();
        (
            world.log.note(now, &route, &request),
            faults::hit(&mut world.faults, &route, &request),
        )
    };
    let Some(fault) = fault else {
        let reply = finish(&shared, sequence, |world| router::answer(world, &request));
        return respond(without_body(&request, reply), Sending::whole);
    };
    if fault.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
    }
    if fault.hang {
        std::future::pending::<()>().await;
    }
    if fault.close {
        return Err(io::Error::from(io::ErrorKind::ConnectionReset));
    }
    let reply = finish(&shared, sequence, |world| {
        let reply = fault
            .reply(world, &route, &request)
            .unwrap_or_else(|| router::answer(world, &request));
        fault.edit(world, &request, reply)
    });
    respond(reply, |body| Sending::faulty(body, &fault))
}

/// Computes a reply under the lock and notes its status.
fn finish(shared: &Shared, sequence: u64, answer: impl FnOnce(&mut crate::world::World) -> Reply) -> Reply {
    let mut world = shared.lock();
    let mut reply = answer(&mut world);
    world.log.answered(sequence, reply.status.as_u16());
    if reply.header("date").is_none() {
        reply = reply.with_header("date", clock::http_date(world.clock.now()));
    }
    reply
}

/// An answer to `HEAD` has no body.
fn without_body(request: &Incoming, mut reply: Reply) -> Reply {
    if request.method == Method::HEAD {
        reply.body.clear();
    }
    reply
}

fn respond(reply: Reply, body: impl FnOnce(Vec<u8>) -> Sending) -> io::Result<Response<Sending>> {
    let mut response = Response::new(body(reply.body));
    *response.status_mut() = reply.status;
    for (name, value) in &reply.headers {
        let name = HeaderName::try_from(name.as_str()).map_err(io::Error::other)?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(io::Error::other)?;
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
