//! The threads that hash passwords.
//!
//! Threads of the runtime would each keep the memory of a hash; these are two, each with memory of its own, and they give
//! way to everything else that the machine has to do: whoever only wants a page does not wait for a flood of passwords.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, Once, PoisonError, mpsc},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::{AT_ONCE, ours};
use crate::service::ServiceError;

/// One hash to be computed, in the memory of its lane.
pub(super) type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// What one lane hashes in: kept from one hash to the next, so that memory is taken twice and not once a password.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// Computes Argon2. `None` when its parameters do not go together.
    pub(super) fn compute(
        &mut self,
        (algorithm, version, parameters): (Algorithm, Version, Params),
        password: &[u8],
        salt: &[u8],
        output: &mut [u8],
    ) -> Option<()> {
        let blocks = parameters.block_count();
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::default());
        }
        let computed = Argon2::new(algorithm, version, parameters).hash_password_into_with_memory(
            password,
            salt,
            output,
            self.0.get_mut(..blocks)?,
        );
        // A stored hash may have asked for more than ours do; that is not kept.
        let ours = ours().block_count();
        if self.0.len() > ours {
            self.0.truncate(ours);
            self.0.shrink_to_fit();
        }
        computed.ok()
    }
}

/// The threads that hash, started when the first password comes. They end with the last sender.
#[derive(Debug)]
pub(super) struct Lanes {
    queue: mpsc::Sender<Job>,
    waiting: Arc<Mutex<mpsc::Receiver<Job>>>,
    started: Once,
}

impl Default for Lanes {
    fn default() -> Self {
        let (queue, waiting) = mpsc::channel();
        Self {
            queue,
            waiting: Arc::new(Mutex::new(waiting)),
            started: Once::new(),
        }
    }
}

impl Lanes {
    /// Puts a hash into the queue.
    ///
    /// # Errors
    /// [`ServiceError::PasswordHash`] when no thread could be started.
    pub(super) fn put(&self, job: Job) -> Result<(), ServiceError> {
        self.started.call_once(|| {
            for lane in 1..=AT_ONCE {
                let waiting = Arc::clone(&self.waiting);
                let started = std::thread::Builder::new()
                    .name(format!("password-{lane}"))
                    .spawn(move || work_off(&waiting));
                if let Err(error) = started {
                    tracing::error!(%error, "a thread that hashes passwords could not be started");
                }
            }
        });
        self.queue.send(job).map_err(|_| ServiceError::PasswordHash)
    }
}

/// Computes one hash after the other, and steps aside for everything else (setpriority(2): on Linux this concerns the
/// calling thread alone).
fn work_off(waiting: &Mutex<mpsc::Receiver<Job>>) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 19) {
        tracing::debug!(%error, "the thread that hashes passwords keeps its priority");
    }
    let mut memory = Memory::default();
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
            tracing::error!("a password hash panicked");
        }
    }
}
