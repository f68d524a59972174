// SPDX-License-Identifier: Apache-2.0
//! What a client hears.
use std::collections::HashMap;
use std::os::raw::{c_char, c_void};
use std::sync::{Arc, Mutex};

use crate::error::{Error, ErrorCode};
use crate::ffi::{self, c_enum, called, Scratch};
use crate::media::{Codec, Frame};
use crate::publishing::Publishing;
use crate::sys;
use crate::values::{ParticipantInfo, RoomInfo, TrackInfo};

c_enum! {
    DisconnectReason: Other {
        Other = SFU_DISCONNECT_OTHER,
        ClientInitiated = SFU_DISCONNECT_CLIENT_INITIATED,
        DuplicateIdentity = SFU_DISCONNECT_DUPLICATE_IDENTITY,
        ServerShutdown = SFU_DISCONNECT_SERVER_SHUTDOWN,
        ParticipantRemoved = SFU_DISCONNECT_PARTICIPANT_REMOVED,
        RoomDeleted = SFU_DISCONNECT_ROOM_DELETED,
        RoomClosed = SFU_DISCONNECT_ROOM_CLOSED,
        JoinFailed = SFU_DISCONNECT_JOIN_FAILED,
        /// The connection could not be made again.
        Lost = SFU_DISCONNECT_LOST,
    }
}

/// One whose loudness changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Speaker {
    pub identity: String,
    /// 0 to 1; 0: silent again.
    pub level: f64,
}

/// What a stream's sender says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    pub text: bool,
    pub id: String,
    /// Identity.
    pub sender: String,
    pub topic: String,
    pub mime_type: String,
    pub name: String,
    /// Bytes; none: the sender did not know.
    pub total_length: Option<u64>,
    pub attributes: HashMap<String, String>,
    pub reply_to: String,
}

impl StreamInfo {
    fn read(c: *const sys::sfu_stream_info) -> Self {
        let c = unsafe { &*c };
        StreamInfo {
            text: c.text != 0,
            id: ffi::text(c.id),
            sender: ffi::text(c.sender),
            topic: ffi::text(c.topic),
            mime_type: ffi::text(c.mime_type),
            name: ffi::text(c.name),
            total_length: u64::try_from(c.total_length).ok(),
            attributes: ffi::pairs(c.attributes, c.attribute_count),
            reply_to: ffi::text(c.reply_to),
        }
    }
}

/// What a client hears, in order, on its thread; bytes are borrowed until the function that is told returns.
#[derive(Debug)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // it lives on the stack, for one call
pub enum ClientEvent<'a> {
    /// The room was joined. Who is in it is told right after.
    Connected {
        room: RoomInfo,
        me: ParticipantInfo,
    },
    /// Media and data flow: after a join, and after each reconnection.
    Ready,
    /// A connection was lost. `resuming`: the session goes on; else it is replaced.
    Reconnecting {
        resuming: bool,
    },
    Reconnected {
        resumed: bool,
    },
    /// For good; nothing follows. The error tells why, of `JoinFailed` and `Lost`.
    Disconnected {
        reason: DisconnectReason,
        error: Option<Error>,
    },
    /// Into another room, by the server.
    Moved {
        room: RoomInfo,
    },
    ParticipantJoined(ParticipantInfo),
    ParticipantChanged(ParticipantInfo),
    ParticipantLeft(ParticipantInfo),
    /// Of another participant, as the next two.
    TrackPublished {
        identity: String,
        track: TrackInfo,
    },
    TrackChanged {
        identity: String,
        track: TrackInfo,
    },
    TrackUnpublished {
        identity: String,
        track: TrackInfo,
    },
    Speakers(Vec<Speaker>),
    /// Media of the track follows, or ends.
    Subscribed {
        track_sid: String,
        identity: String,
        codec: Codec,
    },
    Unsubscribed {
        track_sid: String,
    },
    /// A frame that is whole, and for video decodable after those before it.
    Frame {
        track_sid: &'a str,
        codec: Codec,
        frame: Frame<'a>,
    },
    /// Each packet as it arrived, unordered, if the options ask for them; `recovered`: it was lost and asked for again.
    Rtp {
        track_sid: &'a str,
        packet: &'a [u8],
        recovered: bool,
    },
    /// A track of one's own, by its [`id`](crate::LocalTrack::id), could not be published again after a reconnection.
    PublishFailed {
        id: String,
        error: Error,
    },
    /// A subscriber of one's own track needs one.
    KeyframeRequested {
        id: String,
        layer: u32,
    },
    /// `sender`: identity; empty: the server.
    Data {
        reliable: bool,
        sender: String,
        topic: String,
        data: &'a [u8],
    },
    /// A text stream that has come whole.
    Text {
        info: StreamInfo,
        text: String,
    },
    /// Every stream, as it comes.
    StreamOpened(StreamInfo),
    StreamData {
        sender: String,
        id: String,
        data: &'a [u8],
    },
    /// No error: it came whole.
    StreamClosed {
        sender: String,
        id: String,
        error: Option<Error>,
    },
}

pub(crate) type Handler = Box<dyn FnMut(ClientEvent<'_>) + Send>;

/// What is behind a client's callbacks. They come one at a time, but that is the library's promise, not the compiler's.
struct Listener {
    handler: Mutex<Handler>,
    publishing: Arc<Publishing>,
}

fn tell(user: *mut c_void, event: impl FnOnce(&Publishing) -> Option<ClientEvent<'static>>) {
    called::<Listener>(user, |listener| {
        if let Some(event) = event(&listener.publishing) {
            hand_over(listener, event);
        }
    });
}

fn hand_over(listener: &Listener, event: ClientEvent<'_>) {
    // One that has panicked hears what follows all the same.
    let mut handler = listener.handler.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    handler(event);
}

fn error_of(status: sys::sfu_status, message: *const c_char) -> Option<Error> {
    match status {
        sys::SFU_OK => None,
        _ => Some(Error { code: ErrorCode::from_c(status), message: ffi::text(message) }),
    }
}

fn room(c: *const sys::sfu_room_info) -> RoomInfo {
    RoomInfo::read(unsafe { &*c })
}

fn participant(c: *const sys::sfu_participant_info) -> ParticipantInfo {
    ParticipantInfo::read(unsafe { &*c })
}

fn track(c: *const sys::sfu_track_info) -> TrackInfo {
    TrackInfo::read(unsafe { &*c })
}

extern "C" fn on_connected(user: *mut c_void, r: *const sys::sfu_room_info, me: *const sys::sfu_participant_info) {
    tell(user, |_| Some(ClientEvent::Connected { room: room(r), me: participant(me) }));
}

extern "C" fn on_ready(user: *mut c_void) {
    tell(user, |_| Some(ClientEvent::Ready));
    called::<Listener>(user, |listener| listener.publishing.connected(Ok(())));
}

extern "C" fn on_reconnecting(user: *mut c_void, resuming: sys::sfu_bool) {
    tell(user, |_| Some(ClientEvent::Reconnecting { resuming: resuming != 0 }));
}

extern "C" fn on_reconnected(user: *mut c_void, resumed: sys::sfu_bool) {
    tell(user, |_| Some(ClientEvent::Reconnected { resumed: resumed != 0 }));
}

extern "C" fn on_disconnected(
    user: *mut c_void,
    reason: sys::sfu_disconnect_reason,
    status: sys::sfu_status,
    message: *const c_char,
) {
    let error = error_of(status, message);
    tell(user, |_| Some(ClientEvent::Disconnected { reason: DisconnectReason::from_c(reason), error: error.clone() }));
    let error = error.clone().unwrap_or_else(|| Error::new(ErrorCode::Closed, "the client has left the room"));
    called::<Listener>(user, |listener| listener.publishing.gone(&error));
}

extern "C" fn on_moved(user: *mut c_void, r: *const sys::sfu_room_info) {
    tell(user, |_| Some(ClientEvent::Moved { room: room(r) }));
}

extern "C" fn on_participant_joined(user: *mut c_void, p: *const sys::sfu_participant_info) {
    tell(user, |_| Some(ClientEvent::ParticipantJoined(participant(p))));
}

extern "C" fn on_participant_changed(user: *mut c_void, p: *const sys::sfu_participant_info) {
    tell(user, |_| Some(ClientEvent::ParticipantChanged(participant(p))));
}

extern "C" fn on_participant_left(user: *mut c_void, p: *const sys::sfu_participant_info) {
    tell(user, |_| Some(ClientEvent::ParticipantLeft(participant(p))));
}

extern "C" fn on_track_published(user: *mut c_void, identity: *const c_char, t: *const sys::sfu_track_info) {
    tell(user, |_| Some(ClientEvent::TrackPublished { identity: ffi::text(identity), track: track(t) }));
}

extern "C" fn on_track_changed(user: *mut c_void, identity: *const c_char, t: *const sys::sfu_track_info) {
    tell(user, |_| Some(ClientEvent::TrackChanged { identity: ffi::text(identity), track: track(t) }));
}

extern "C" fn on_track_unpublished(user: *mut c_void, identity: *const c_char, t: *const sys::sfu_track_info) {
    tell(user, |_| Some(ClientEvent::TrackUnpublished { identity: ffi::text(identity), track: track(t) }));
}

extern "C" fn on_speakers(user: *mut c_void, speakers: *const *const sys::sfu_speaker, count: usize) {
    let read = |c: &sys::sfu_speaker| Speaker { identity: ffi::text(c.identity), level: c.level };
    tell(user, |_| Some(ClientEvent::Speakers(ffi::list(speakers, count, read))));
}

extern "C" fn on_subscribed(user: *mut c_void, sid: *const c_char, identity: *const c_char, codec: sys::sfu_codec) {
    tell(user, |_| {
        let (track_sid, identity) = (ffi::text(sid), ffi::text(identity));
        Some(ClientEvent::Subscribed { track_sid, identity, codec: Codec::from_c(codec) })
    });
}

extern "C" fn on_unsubscribed(user: *mut c_void, sid: *const c_char) {
    tell(user, |_| Some(ClientEvent::Unsubscribed { track_sid: ffi::text(sid) }));
}

extern "C" fn on_frame(user: *mut c_void, sid: *const c_char, codec: sys::sfu_codec, frame: *const sys::sfu_frame) {
    called::<Listener>(user, |listener| {
        let frame = Frame::read(unsafe { &*frame });
        let codec = Codec::from_c(codec);
        hand_over(listener, ClientEvent::Frame { track_sid: ffi::borrowed(sid), codec, frame });
    });
}

extern "C" fn on_rtp(
    user: *mut c_void,
    sid: *const c_char,
    packet: *const u8,
    length: usize,
    recovered: sys::sfu_bool,
) {
    called::<Listener>(user, |listener| {
        let packet = ffi::slice(packet, length);
        hand_over(listener, ClientEvent::Rtp { track_sid: ffi::borrowed(sid), packet, recovered: recovered != 0 });
    });
}

extern "C" fn on_published(user: *mut c_void, id: *const c_char, sid: *const c_char) {
    tell(user, |publishing| {
        publishing.published(&ffi::text(id), ffi::text(sid));
        None
    });
}

extern "C" fn on_publish_failed(user: *mut c_void, id: *const c_char, status: sys::sfu_status, message: *const c_char) {
    tell(user, |publishing| {
        let (id, error) = (ffi::text(id), error_of(status, message)?);
        let error = publishing.failed(&id, error)?;
        Some(ClientEvent::PublishFailed { id, error })
    });
}

extern "C" fn on_keyframe_requested(user: *mut c_void, id: *const c_char, layer: u32) {
    tell(user, |_| Some(ClientEvent::KeyframeRequested { id: ffi::text(id), layer }));
}

extern "C" fn on_data(user: *mut c_void, message: *const sys::sfu_data_message) {
    called::<Listener>(user, |listener| {
        let c = unsafe { &*message };
        let event = ClientEvent::Data {
            reliable: c.reliable != 0,
            sender: ffi::text(c.sender),
            topic: ffi::text(c.topic),
            data: ffi::slice(c.bytes, c.length),
        };
        hand_over(listener, event);
    });
}

extern "C" fn on_text(user: *mut c_void, info: *const sys::sfu_stream_info, text: *const c_char, length: usize) {
    tell(user, |_| {
        let text = String::from_utf8_lossy(ffi::slice(text as *const u8, length)).into_owned();
        Some(ClientEvent::Text { info: StreamInfo::read(info), text })
    });
}

extern "C" fn on_stream_opened(user: *mut c_void, info: *const sys::sfu_stream_info) {
    tell(user, |_| Some(ClientEvent::StreamOpened(StreamInfo::read(info))));
}

extern "C" fn on_stream_data(
    user: *mut c_void,
    sender: *const c_char,
    id: *const c_char,
    bytes: *const u8,
    length: usize,
) {
    called::<Listener>(user, |listener| {
        let data = ffi::slice(bytes, length);
        hand_over(listener, ClientEvent::StreamData { sender: ffi::text(sender), id: ffi::text(id), data });
    });
}

extern "C" fn on_stream_closed(
    user: *mut c_void,
    sender: *const c_char,
    id: *const c_char,
    status: sys::sfu_status,
    message: *const c_char,
) {
    tell(user, |_| {
        let (sender, id) = (ffi::text(sender), ffi::text(id));
        Some(ClientEvent::StreamClosed { sender, id, error: error_of(status, message) })
    });
}

pub(crate) fn callbacks(
    handler: Handler,
    publishing: Arc<Publishing>,
    receive_frames: bool,
    receive_rtp: bool,
    scratch: &mut Scratch,
) -> *const sys::sfu_client_callbacks {
    let (user, dropped) = scratch.user(Listener { handler: Mutex::new(handler), publishing });
    let c = sys::sfu_client_callbacks {
        user,
        dropped,
        on_connected: Some(on_connected),
        on_ready: Some(on_ready),
        on_reconnecting: Some(on_reconnecting),
        on_reconnected: Some(on_reconnected),
        on_disconnected: Some(on_disconnected),
        on_moved: Some(on_moved),
        on_participant_joined: Some(on_participant_joined),
        on_participant_changed: Some(on_participant_changed),
        on_participant_left: Some(on_participant_left),
        on_track_published: Some(on_track_published),
        on_track_changed: Some(on_track_changed),
        on_track_unpublished: Some(on_track_unpublished),
        on_speakers: Some(on_speakers),
        on_subscribed: Some(on_subscribed),
        on_unsubscribed: Some(on_unsubscribed),
        on_frame: if receive_frames { Some(on_frame) } else { None },
        on_rtp: if receive_rtp { Some(on_rtp) } else { None },
        on_published: Some(on_published),
        on_publish_failed: Some(on_publish_failed),
        on_keyframe_requested: Some(on_keyframe_requested),
        on_data: Some(on_data),
        on_text: Some(on_text),
        on_stream_opened: Some(on_stream_opened),
        on_stream_data: Some(on_stream_data),
        on_stream_closed: Some(on_stream_closed),
        ..ffi::init()
    };
    scratch.keep(c)
}
