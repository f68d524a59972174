// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import "time"

type Codec int32

const (
	Opus Codec = C.SFU_CODEC_OPUS
	PCMU Codec = C.SFU_CODEC_PCMU
	PCMA Codec = C.SFU_CODEC_PCMA
	VP8  Codec = C.SFU_CODEC_VP8
	VP9  Codec = C.SFU_CODEC_VP9
	H264 Codec = C.SFU_CODEC_H264
	H265 Codec = C.SFU_CODEC_H265
	AV1  Codec = C.SFU_CODEC_AV1
)

// String is the codec's name: "VP8", "opus".
func (c Codec) String() string { return C.GoString(C.sfu_codec_name(C.sfu_codec(c))) }

// ClockRate is that of RTP timestamps, a second.
func (c Codec) ClockRate() uint32 { return uint32(C.sfu_codec_clock_rate(C.sfu_codec(c))) }

// Frame is what an encoder gives and a decoder takes. VP8, VP9: a frame as in IVF. H264: an access unit with Annex B
// start codes. AV1: a temporal unit of OBUs with their sizes. Audio: one packet.
type Frame struct {
	Timestamp uint32 // in units of Codec.ClockRate
	Data      []byte
	Keyframe  bool // audio: always
}

func frame(f *C.sfu_frame) Frame {
	return Frame{Timestamp: uint32(f.timestamp), Data: goBytes(f.bytes, f.length), Keyframe: f.is_keyframe != 0}
}

// VideoLayer is one encoding of a simulcast.
type VideoLayer struct {
	Width, Height uint32
	Bitrate       uint32 // bits a second
	RID           string // "q", "h", "f", lowest first
}

// PublishOptions says what a track is like.
type PublishOptions struct {
	Codec         Codec
	Source        TrackSource
	Width, Height uint32
	Stereo        bool
	Muted         bool
	Name          string
	Layers        []VideoLayer // of a simulcast, two or three; none: one encoding
	// A subscriber needs a key frame of this layer. Called as ClientCallbacks are.
	OnKeyframeRequested func(layer uint32)
}

func (o *PublishOptions) c(a *arena) *C.sfu_publish_options {
	to := structOf[C.sfu_publish_options](a)
	to.codec = C.sfu_codec(o.Codec)
	to.source = C.sfu_track_source(o.Source)
	to.width = C.uint32_t(o.Width)
	to.height = C.uint32_t(o.Height)
	to.stereo = boolean(o.Stereo)
	to.muted = boolean(o.Muted)
	to.name = a.string(o.Name)
	to.layers, to.layer_count = list(o.Layers, a, func(a *arena, l *VideoLayer) *C.sfu_video_layer {
		layer := structOf[C.sfu_video_layer](a)
		layer.width = C.uint32_t(l.Width)
		layer.height = C.uint32_t(l.Height)
		layer.bitrate = C.uint32_t(l.Bitrate)
		layer.rid = a.string(l.RID)
		return layer
	})
	return to
}

type VideoQuality int32

const (
	VideoHigh   VideoQuality = C.SFU_VIDEO_QUALITY_HIGH
	VideoMedium VideoQuality = C.SFU_VIDEO_QUALITY_MEDIUM
	VideoLow    VideoQuality = C.SFU_VIDEO_QUALITY_LOW
)

// TrackSettings is what is wanted of a subscribed video track. Width and Height win over Quality.
type TrackSettings struct {
	Disabled      bool
	Quality       VideoQuality
	Width, Height uint32
	FPS           uint32
}

func (s *TrackSettings) c(a *arena) *C.sfu_track_settings {
	to := structOf[C.sfu_track_settings](a)
	to.disabled = boolean(s.Disabled)
	to.quality = C.sfu_video_quality(s.Quality)
	to.width = C.uint32_t(s.Width)
	to.height = C.uint32_t(s.Height)
	to.fps = C.uint32_t(s.FPS)
	return to
}

// MediaFile is the frames of a file: IVF (VP8, VP9, AV1), a H264 byte stream (Annex B), or Opus in Ogg.
type MediaFile struct {
	c *C.sfu_media_file
	closer
}

// OpenMediaFile reads the whole file. `frameInterval` is for byte streams, which have no times; 0 is a thirtieth of a
// second. Errors: ErrNotFound, ErrMalformed, ErrUnsupported.
func OpenMediaFile(path string, frameInterval time.Duration) (*MediaFile, error) {
	a := &arena{}
	from := a.string(path)
	f := &MediaFile{}
	err := once(a, func() C.sfu_status {
		return C.sfu_media_file_open(from, C.int64_t(frameInterval.Microseconds()), &f.c)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Close gives the file back.
func (f *MediaFile) Close() error {
	return f.close(func() C.sfu_status { return C.sfu_media_file_release(f.c) })
}

// MediaFileInfo is what a file says of itself.
type MediaFileInfo struct {
	Codec         Codec
	Width, Height uint32 // 0: the file does not tell
}

// Info is what the file says of itself.
func (f *MediaFile) Info() (MediaFileInfo, error) {
	return take(func(result **C.sfu_media_file_info) C.sfu_status {
		return C.sfu_media_file_get_info(f.c, result)
	}, func(i *C.sfu_media_file_info) MediaFileInfo {
		return MediaFileInfo{Codec: Codec(i.codec), Width: uint32(i.width), Height: uint32(i.height)}
	})
}

// MediaSample is a frame of a file, and when it is due.
type MediaSample struct {
	Frame    Frame
	At       time.Duration // since the beginning
	Duration time.Duration // until the next is due
}

// Next is the next frame, or nil after the last.
func (f *MediaFile) Next() (*MediaSample, error) {
	return take(func(result **C.sfu_media_sample) C.sfu_status {
		return C.sfu_media_file_next(f.c, result)
	}, func(s *C.sfu_media_sample) *MediaSample {
		if s == nil {
			return nil
		}
		return &MediaSample{Frame: frame(s.frame), At: microseconds(s.at_us), Duration: microseconds(s.duration_us)}
	})
}

// Rewind begins again.
func (f *MediaFile) Rewind() error {
	return check(func() C.sfu_status { return C.sfu_media_file_rewind(f.c) })
}
