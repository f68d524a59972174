// SPDX-License-Identifier: Apache-2.0
//! A host's hand on the media of one published track.
use std::ffi::CStr;
use std::os::raw::c_void;
use std::sync::Mutex;
use std::time::Duration;

use crate::error::Result;
use crate::ffi::{self, called, handle, Scratch};
use crate::room::Track;
use crate::sys;

/// One RTP packet as its publisher sent it; but for `payload`, which the filters before this one may have replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackPacket<'a> {
    pub ssrc: u32,
    /// In units of the codec's clock.
    pub timestamp: u32,
    pub sequence_number: u16,
    /// As negotiated with the publisher.
    pub payload_type: u8,
    /// Video: which encoding of a simulcast, 0 the lowest. It and the next two are 0 where they cannot be told.
    pub layer: u8,
    /// Within the encoding.
    pub spatial_layer: u8,
    /// The same.
    pub temporal_layer: u8,
    pub marker: bool,
    /// audio/red (RFC 2198).
    pub redundant: bool,
    /// It was lost, and came by RTX.
    pub recovered: bool,
    pub starts_frame: bool,
    /// Shows that a decoder may start with this frame.
    pub starts_keyframe: bool,
    /// Audio: speech, if the publisher says so.
    pub voice: bool,
    /// -dBov, 0 the loudest and 127 silence (RFC 6464).
    pub audio_level: Option<u8>,
    /// When its worker took it, on the engine's clock.
    pub arrived: Duration,
    /// "video/VP8", "audio/opus"; of redundant audio that of the sound in it.
    pub mime_type: &'a str,
    /// What the RTP payload begins with that is the packet's and not the codec's, and stays as it is.
    pub descriptor: &'a [u8],
    /// The rest: what a filter may replace.
    pub payload: &'a [u8],
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// Leaves no gap in what subscribers get.
    Drop,
    /// Its payload is replaced by so many bytes of the room; it is dropped if there are fewer, or none.
    Replace(usize),
}

/// Observes the packets of a track, drops them, or gives them another payload, before anybody is sent them. On the worker
/// of the track's room: all media of its rooms waits meanwhile. A function that takes a packet and the room is one.
pub trait PacketFilter: Send + 'static {
    /// Each packet that brings media, once, in the order of arrival, of all encodings and codecs of the track, also while
    /// it is muted and when nobody is subscribed. `room` is for a replacement: it holds at least as much as the payload.
    /// Who receives frames must find in a replacement a frame whose first bytes are the codec's (of VP8 ten of a key
    /// frame and three of others). A packet at which this panics is dropped.
    fn on_packet(&mut self, packet: &TrackPacket<'_>, room: &mut [u8]) -> Verdict;

    /// The track has ended. Not where the filter was taken out before.
    fn on_ended(&mut self) {}
}

impl<F: FnMut(&TrackPacket<'_>, &mut [u8]) -> Verdict + Send + 'static> PacketFilter for F {
    fn on_packet(&mut self, packet: &TrackPacket<'_>, room: &mut [u8]) -> Verdict {
        self(packet, room)
    }
}

type Filter = Mutex<Box<dyn PacketFilter>>;

extern "C" fn on_packet(
    user: *mut c_void,
    packet: *const sys::sfu_track_packet,
    room: *mut u8,
    length: usize,
) -> sys::sfu_packet_verdict {
    let mut verdict = Verdict::Drop;
    called::<Filter>(user, |filter| {
        let c = unsafe { &*packet };
        let packet = TrackPacket {
            ssrc: c.ssrc,
            timestamp: c.timestamp,
            sequence_number: c.sequence_number,
            payload_type: c.payload_type,
            layer: c.layer,
            spatial_layer: c.spatial_layer,
            temporal_layer: c.temporal_layer,
            marker: c.marker != 0,
            redundant: c.redundant != 0,
            recovered: c.recovered != 0,
            starts_frame: c.starts_frame != 0,
            starts_keyframe: c.starts_keyframe != 0,
            voice: c.voice != 0,
            audio_level: u8::try_from(c.audio_level).ok(),
            arrived: Duration::from_nanos(c.arrived_ns.max(0) as u64),
            mime_type: unsafe { CStr::from_ptr(c.mime_type) }.to_str().unwrap_or(""),
            descriptor: ffi::slice(c.descriptor, c.descriptor_length),
            payload: ffi::slice(c.payload, c.payload_length),
        };
        // The library's, and nobody else's until the call returns.
        let room = if length == 0 { &mut [] } else { unsafe { std::slice::from_raw_parts_mut(room, length) } };
        let mut filter = filter.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        verdict = filter.on_packet(&packet, room);
    });
    match verdict {
        Verdict::Pass => sys::SFU_PACKET_PASS,
        Verdict::Drop | Verdict::Replace(0) => sys::SFU_PACKET_DROP,
        Verdict::Replace(bytes) => i64::try_from(bytes).unwrap_or(sys::SFU_PACKET_DROP),
    }
}

extern "C" fn on_ended(user: *mut c_void) {
    called::<Filter>(user, |filter| {
        filter.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).on_ended();
    });
}

handle! {
    /// A filter in its place, until this is dropped.
    AttachedFilter(sfu_packet_filter, sfu_packet_filter_release)
}

impl Track {
    /// Puts a filter on the track's packets, behind those that it has. It goes with the track into other rooms. Errors:
    /// `Unsupported` (of a forwarded participant: attach in its own room). Waits; but in callbacks on the worker of the
    /// track's room it is done at once: on [`EventKind::TrackPublished`](crate::EventKind::TrackPublished) it misses no
    /// packet. The same holds for dropping what this gives; after that, the filter is called no more.
    pub fn attach_filter(&self, filter: impl PacketFilter) -> Result<AttachedFilter> {
        let mut scratch = Scratch::default();
        let filter: Filter = Mutex::new(Box::new(filter));
        let (user, dropped) = scratch.user(filter);
        let mut c: sys::sfu_packet_filter_callbacks = ffi::init();
        c.user = user;
        c.dropped = dropped;
        c.on_packet = Some(on_packet);
        c.on_ended = Some(on_ended);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_track_attach_filter(self.0, &c, &mut made) })?;
        Ok(AttachedFilter(made))
    }
}
