// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/client_config.h`

use crate::*;

#[repr(C)]
pub struct sfu_client_description {
    pub size: u32,
    pub sdk: *const c_char,
    pub version: *const c_char,
    pub protocol: i64,
    pub os: *const c_char,
    pub os_version: *const c_char,
    pub device_model: *const c_char,
    pub browser: *const c_char,
    pub browser_version: *const c_char,
    pub address: *const c_char,
}

#[repr(C)]
pub struct sfu_client_configuration {
    pub size: u32,
    pub video_hardware_encoder: sfu_setting,
    pub screen_hardware_encoder: sfu_setting,
    pub resume_connection: sfu_setting,
    pub force_relay: sfu_setting,
    pub disabled_codecs: *const *const c_char,
    pub disabled_codec_count: usize,
    pub disabled_publish_codecs: *const *const c_char,
    pub disabled_publish_codec_count: usize,
}

#[repr(C)]
pub struct sfu_client_rule {
    pub size: u32,
    pub merge: sfu_setting,
    pub when: *const c_char,
    pub then: *const sfu_client_configuration,
}

#[repr(C)]
pub struct sfu_client_config_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub configure:
        Option<unsafe extern "C" fn(user: *mut c_void, client: *const sfu_client_description, answer: *mut sfu_answer)>,
}

extern "C" {
    pub fn sfu_answer_configuration(
        answer: *mut sfu_answer,
        configuration: *const sfu_client_configuration,
    ) -> sfu_status;
}
