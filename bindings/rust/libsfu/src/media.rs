// SPDX-License-Identifier: Apache-2.0
//! Encoded media, as participants publish and receive it, and out of files.
use std::ffi::CStr;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::error::{check, Error, ErrorCode, Result};
use crate::ffi::{self, c_enum, handle, Scratch};
use crate::sys;
use crate::values::TrackSource;

c_enum! {
    Codec: Opus {
        Opus = SFU_CODEC_OPUS,
        Pcmu = SFU_CODEC_PCMU,
        Pcma = SFU_CODEC_PCMA,
        Vp8 = SFU_CODEC_VP8,
        Vp9 = SFU_CODEC_VP9,
        H264 = SFU_CODEC_H264,
        H265 = SFU_CODEC_H265,
        Av1 = SFU_CODEC_AV1,
    }
}

impl Codec {
    /// "VP8", "opus".
    pub fn name(self) -> &'static str {
        // Static storage.
        unsafe { CStr::from_ptr(sys::sfu_codec_name(self.to_c())) }.to_str().unwrap_or("")
    }

    /// Of RTP timestamps, a second.
    pub fn clock_rate(self) -> u32 {
        unsafe { sys::sfu_codec_clock_rate(self.to_c()) }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an encoder gives and a decoder takes. VP8, VP9: a frame as in IVF. H264: an access unit with Annex B start codes.
/// AV1: a temporal unit of OBUs with their sizes. Audio: one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// In units of [`Codec::clock_rate`].
    pub timestamp: u32,
    pub data: &'a [u8],
    /// Audio: always.
    pub keyframe: bool,
}

impl<'a> Frame<'a> {
    pub(crate) fn read(c: &sys::sfu_frame) -> Frame<'a> {
        Frame { timestamp: c.timestamp, data: ffi::slice(c.bytes, c.length), keyframe: c.is_keyframe != 0 }
    }
}

/// One encoding of a simulcast.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoLayer {
    pub width: u32,
    pub height: u32,
    /// Bits a second.
    pub bitrate: u32,
    /// "q", "h", "f", lowest first.
    pub rid: String,
}

/// What a track is like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishOptions {
    pub codec: Codec,
    pub source: TrackSource,
    pub width: u32,
    pub height: u32,
    pub stereo: bool,
    pub muted: bool,
    pub name: String,
    /// Of a simulcast, two or three; none: one encoding.
    pub layers: Vec<VideoLayer>,
}

impl PublishOptions {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_publish_options {
        let mut c: sys::sfu_publish_options = ffi::init();
        c.codec = self.codec.to_c();
        c.source = self.source.to_c();
        c.width = self.width;
        c.height = self.height;
        c.stereo = self.stereo.into();
        c.muted = self.muted.into();
        c.name = scratch.text(&self.name);
        let layers = self.layers.iter().map(|layer| {
            let mut to: sys::sfu_video_layer = ffi::init();
            to.width = layer.width;
            to.height = layer.height;
            to.bitrate = layer.bitrate;
            to.rid = scratch.text(&layer.rid);
            scratch.keep(to)
        });
        let layers = layers.collect();
        let (layers, count) = scratch.keep_all(layers);
        c.layers = layers;
        c.layer_count = count;
        scratch.keep(c)
    }
}

c_enum! {
    VideoQuality: High {
        High = SFU_VIDEO_QUALITY_HIGH,
        Medium = SFU_VIDEO_QUALITY_MEDIUM,
        Low = SFU_VIDEO_QUALITY_LOW,
    }
}

/// What is wanted of a subscribed video track. `width` and `height` win over `quality`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackSettings {
    pub disabled: bool,
    pub quality: VideoQuality,
    pub width: u32,
    pub height: u32,
    pub fps: u32,
}

impl TrackSettings {
    pub(crate) fn to_c(&self) -> sys::sfu_track_settings {
        let mut c: sys::sfu_track_settings = ffi::init();
        c.disabled = self.disabled.into();
        c.quality = self.quality.to_c();
        c.width = self.width;
        c.height = self.height;
        c.fps = self.fps;
        c
    }
}

handle! {
    /// The frames of a file: IVF (VP8, VP9, AV1), a H264 byte stream (Annex B), or Opus in Ogg.
    MediaFile(sfu_media_file, sfu_media_file_release)
}

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaFileInfo {
    pub codec: Codec,
    /// 0: the file does not tell.
    pub width: u32,
    pub height: u32,
}

/// A frame of a file, and when it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaSample {
    pub timestamp: u32,
    pub data: Vec<u8>,
    pub keyframe: bool,
    /// Since the beginning.
    pub at: Duration,
    /// Until the next is due.
    pub duration: Duration,
}

impl MediaSample {
    /// The frame, to be written.
    pub fn frame(&self) -> Frame<'_> {
        Frame { timestamp: self.timestamp, data: &self.data, keyframe: self.keyframe }
    }

    fn read(c: &sys::sfu_media_sample) -> MediaSample {
        let frame = Frame::read(unsafe { &*c.frame });
        MediaSample {
            timestamp: frame.timestamp,
            data: frame.data.to_vec(),
            keyframe: frame.keyframe,
            at: ffi::microseconds(c.at_us),
            duration: ffi::microseconds(c.duration_us),
        }
    }
}

impl MediaFile {
    /// Reads the whole file. `frame_interval` is for byte streams, which have no times; none is a thirtieth of a second.
    /// Errors: `NotFound`, `Malformed`, `Unsupported`.
    pub fn open(path: impl AsRef<Path>, frame_interval: Option<Duration>) -> Result<MediaFile> {
        let path = path.as_ref().to_str();
        let path = path.ok_or_else(|| Error::new(ErrorCode::InvalidArgument, "a path that is not UTF-8"))?;
        let mut scratch = Scratch::default();
        let path = scratch.text(path);
        let interval = frame_interval.map_or(0, |interval| interval.as_micros() as i64);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_media_file_open(path, interval, &mut made) })?;
        Ok(MediaFile(made))
    }

    /// What the file says of itself.
    pub fn info(&self) -> Result<MediaFileInfo> {
        Scratch::default().fetch(
            |info| unsafe { sys::sfu_media_file_get_info(self.0, info) },
            |info| {
                let c = unsafe { &*info };
                MediaFileInfo { codec: Codec::from_c(c.codec), width: c.width, height: c.height }
            },
        )
    }

    /// The next frame, or none after the last.
    pub fn next(&self) -> Result<Option<MediaSample>> {
        Scratch::default().fetch(
            |sample| unsafe { sys::sfu_media_file_next(self.0, sample) },
            |sample| ffi::maybe(sample, MediaSample::read),
        )
    }

    /// Begins again.
    pub fn rewind(&self) -> Result<()> {
        check(unsafe { sys::sfu_media_file_rewind(self.0) })
    }
}
