// SPDX-License-Identifier: Apache-2.0
import { Name } from "./handle.js";
import { call } from "./native.js";

export function codecName(codec) {
  return call("sfu_codec_name", codec);
}

export function codecClockRate(codec) {
  return call("sfu_codec_clock_rate", codec);
}

export class MediaFile extends Name {
  constructor(path, frameIntervalUs = 0) {
    super(call("sfu_media_file_open", path, frameIntervalUs), "sfu_media_file_release");
  }

  get info() {
    return call("sfu_media_file_get_info", this._handle);
  }

  *[Symbol.iterator]() {
    for (let sample; (sample = call("sfu_media_file_next", this._handle)) !== null; ) yield sample;
  }

  rewind() {
    call("sfu_media_file_rewind", this._handle);
  }
}
