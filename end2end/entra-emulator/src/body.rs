//! Bodies on their way out: at once, drop by drop, padded to any size, or cut off in the middle.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Interval, MissedTickBehavior};

use crate::faults::Fault;

/// A body being sent.
pub(crate) struct Sending {
    bytes: Bytes,
    sent: usize,
    /// Spaces still to follow.
    fill: u64,
    /// Bytes to a piece, and the beat they are sent on.
    piece: usize,
    beat: Option<Interval>,
    endless: bool,
    cut_after: Option<usize>,
}

const PIECE: usize = 64 << 10;
static SPACES: [u8; PIECE] = [b' '; PIECE];

impl Sending {
    pub(crate) fn whole(bytes: Vec<u8>) -> Self {
        let piece = bytes.len().max(1);
        Self {
            bytes: bytes.into(),
            sent: 0,
            fill: 0,
            piece,
            beat: None,
            endless: false,
            cut_after: None,
        }
    }

    pub(crate) fn faulty(bytes: Vec<u8>, fault: &Fault) -> Self {
        let mut body = Self::whole(bytes);
        body.fill = fault.fill;
        body.cut_after = fault.cut_after;
        if let Some(drip) = fault.drip {
            let mut beat = tokio::time::interval(Duration::from_millis(drip.every_ms.max(1)));
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            body.piece = drip.bytes.max(1);
            body.beat = Some(beat);
            body.endless = drip.endless;
        }
        body
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let body = self.get_mut();
        if body.cut_after.is_some_and(|limit| body.sent >= limit) {
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionReset))));
        }
        if body.sent == body.bytes.len() && body.endless && !body.bytes.is_empty() {
            body.sent = 0;
        }
        if body.sent == body.bytes.len() && body.fill == 0 {
            return Poll::Ready(None);
        }
        if let Some(beat) = &mut body.beat {
            ready!(beat.poll_tick(context));
        }
        if body.sent < body.bytes.len() {
            let end = body
                .bytes
                .len()
                .min(body.sent + body.piece)
                .min(body.cut_after.unwrap_or(usize::MAX));
            let piece = body.bytes.slice(body.sent..end);
            body.sent = end;
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        let length = usize::try_from(body.fill).unwrap_or(usize::MAX).min(PIECE);
        body.fill -= length as u64;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&SPACES[..length])))))
    }

    fn is_end_stream(&self) -> bool {
        self.sent == self.bytes.len() && self.fill == 0 && !self.endless && self.cut_after.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.endless {
            SizeHint::default()
        } else {
            SizeHint::with_exact(self.bytes.len() as u64 + self.fill)
        }
    }
}
