// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/media.h`

use crate::*;

pub type sfu_codec = i32;
pub const SFU_CODEC_OPUS: sfu_codec = 0;
pub const SFU_CODEC_PCMU: sfu_codec = 1;
pub const SFU_CODEC_PCMA: sfu_codec = 2;
pub const SFU_CODEC_VP8: sfu_codec = 3;
pub const SFU_CODEC_VP9: sfu_codec = 4;
pub const SFU_CODEC_H264: sfu_codec = 5;
pub const SFU_CODEC_H265: sfu_codec = 6;
pub const SFU_CODEC_AV1: sfu_codec = 7;

#[repr(C)]
pub struct sfu_frame {
    pub size: u32,
    pub timestamp: u32,
    pub bytes: *const u8,
    pub length: usize,
    pub is_keyframe: sfu_bool,
}

#[repr(C)]
pub struct sfu_video_layer {
    pub size: u32,
    pub width: u32,
    pub height: u32,
    pub bitrate: u32,
    pub rid: *const c_char,
}

#[repr(C)]
pub struct sfu_publish_options {
    pub size: u32,
    pub codec: sfu_codec,
    pub source: sfu_track_source,
    pub width: u32,
    pub height: u32,
    pub stereo: sfu_bool,
    pub muted: sfu_bool,
    pub name: *const c_char,
    pub layers: *const *const sfu_video_layer,
    pub layer_count: usize,
}

pub type sfu_video_quality = i32;
pub const SFU_VIDEO_QUALITY_HIGH: sfu_video_quality = 0;
pub const SFU_VIDEO_QUALITY_MEDIUM: sfu_video_quality = 1;
pub const SFU_VIDEO_QUALITY_LOW: sfu_video_quality = 2;

#[repr(C)]
pub struct sfu_track_settings {
    pub size: u32,
    pub disabled: sfu_bool,
    pub quality: sfu_video_quality,
    pub width: u32,
    pub height: u32,
    pub fps: u32,
}

#[repr(C)]
pub struct sfu_media_file {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_media_file_info {
    pub size: u32,
    pub codec: sfu_codec,
    pub width: u32,
    pub height: u32,
}

#[repr(C)]
pub struct sfu_media_sample {
    pub size: u32,
    pub frame: *const sfu_frame,
    pub at_us: i64,
    pub duration_us: i64,
}

extern "C" {
    pub fn sfu_codec_name(codec: sfu_codec) -> *const c_char;
    pub fn sfu_codec_clock_rate(codec: sfu_codec) -> u32;
    pub fn sfu_media_file_open(
        path: *const c_char,
        frame_interval_us: i64,
        file: *mut *mut sfu_media_file,
    ) -> sfu_status;
    pub fn sfu_media_file_release(file: *mut sfu_media_file) -> sfu_status;
    pub fn sfu_media_file_get_info(file: *mut sfu_media_file, info: *mut *const sfu_media_file_info) -> sfu_status;
    pub fn sfu_media_file_next(file: *mut sfu_media_file, sample: *mut *const sfu_media_sample) -> sfu_status;
    pub fn sfu_media_file_rewind(file: *mut sfu_media_file) -> sfu_status;
}
