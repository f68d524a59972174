# SPDX-License-Identifier: Apache-2.0
# The layers from the bottom up. A layer may use only what stands above it in this list.
sfu_layer(base)
sfu_layer(net USES base)
sfu_layer(rtp USES base)
sfu_layer(rtcp USES base)
sfu_layer(ice USES base LINK PkgConfig::NICE)
sfu_layer(dtls USES base LINK OpenSSL::SSL OpenSSL::Crypto)
sfu_layer(srtp USES base LINK PkgConfig::SRTP OpenSSL::Crypto)
sfu_layer(sctp USES base LINK PkgConfig::USRSCTP)
sfu_layer(sdp USES base rtp)
sfu_layer(codec USES base rtp)
sfu_layer(peer USES base rtp rtcp ice dtls srtp sctp sdp codec)
sfu_layer(congestion USES base rtp rtcp)
sfu_layer(media USES base rtp rtcp codec congestion)
sfu_layer(clientconfig USES base)
sfu_layer(auth USES base LINK OpenSSL::Crypto Boost::json)
sfu_layer(room USES base rtp rtcp ice dtls srtp sctp sdp codec peer congestion media auth clientconfig LINK sfu_proto)
sfu_layer(signal USES base rtp rtcp ice dtls srtp sctp sdp codec peer congestion media auth clientconfig room
          LINK sfu_proto ZLIB::ZLIB)
sfu_layer(runtime USES base net rtp rtcp ice dtls srtp sctp sdp codec peer congestion media auth clientconfig room
          signal LINK sfu_proto)
sfu_layer(config USES base auth LINK yaml-cpp)
sfu_layer(http USES base LINK Boost::headers Threads::Threads)
