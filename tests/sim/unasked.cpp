// What nobody asked for: a recording that the PBX starts or stops, a key on the headset, a conference that the library's own
// button made, a second refusal of the same wish, frames of the socket that mean nothing, how a talk sounds.
#include <algorithm>

#include "tests/sim/world.h"

namespace offhook::sim {
namespace {

Text text(Tab& tab, std::string_view s) { return tab.phone->strings().intern(s); }

/// loss, jitter, round trip and MOS of a talk that sounds good, fair, poor; the last says nothing at all.
constexpr std::array<std::array<double, 4>, 4> kSounds{{{0, 8, 60, 4.2}, {4, 35, 200, 3.4}, {14, 70, 450, 2.2}, {0, 0, 0, 0}}};

}  // namespace

/// A softphone that measures, every two seconds for a while; the connection is good, becomes bad, recovers.
void World::sounds(Leg& leg, int left, std::size_t level) {
  if (left == 0) return;
  in(2'000, [this, there = &leg, left, level] {
    if (there->far != Leg::Far::Up || there->life == 0) return;
    const std::size_t now_is = random.chance(250) ? random.below(kSounds.size()) : level;
    sip(there->life, 1, [id = there->call_id, sound = kSounds[now_is]](Tab& tab) {
      return Event{.type = EventType::QualityMeasured, .call_id = text(tab, id), .mos = sound[3], .jitter_ms = sound[1], .loss_percent = sound[0], .rtt_ms = sound[2]};
    });
    sounds(*there, left - 1, now_is);
  });
}

/// The PBX says by the socket what becomes of a recording: `{"type":"recording","channel_id":…,"state":"on"|"paused"|"off"}`.
void World::tell_recording(std::string_view channel, std::string_view state) {
  std::string body;
  JsonWriter json(body);
  json.open('{').key("type").string("recording").key("channel_id").string(channel).key("state").string(state);
  if (state == "off" && random.chance(300)) json.key("reason").string("disk full");
  json.close('}');
  tell_all(body);
}

/// One such thing, to the page that has the calls.
void World::unasked(Tab& lead) {
  std::vector<Leg*> up;
  for (auto& leg : legs)
    if (leg->life == lead.life && leg->far == Leg::Far::Up && leg->told_up) up.push_back(leg.get());
  const int life = lead.life;
  const std::uint32_t what = random.below(10);
  if (what == 0) {  // a frame that is none, an error, a type of another version, an answer with nothing in it
    static const std::vector<std::string> frames{"<html>", R"({"type":"error","code":"bad_topic"})", R"({"type":"party"})", R"({"type":"recording","state":"on"})", "[]"};
    return tell_all(frames[random.below(5)]);
  }
  if (up.empty()) return;
  Leg* leg = random.of(up);
  const std::string id = leg->call_id;
  switch (what) {
    case 1: case 2: case 3: {
      static const std::vector<std::string> states{"on", "paused", "off", "on", "melted"};
      const std::string state = states[random.below(5)];
      return tell_recording(leg->pbx_id.empty() ? "PJSIP/1001-none" : "PJSIP/1001-" + leg->pbx_id, state);
    }
    case 4:  // the library, or its own button, holds a call; that it takes one off hold while another talks is the far end's trouble
      return sip(life, 1, [id](Tab& tab) { return Event{.type = EventType::HoldConfirmed, .call_id = text(tab, id), .on = true}; });
    case 5: {
      const bool on = random.chance(500);
      return sip(life, 1, [id, on](Tab& tab) { return Event{.type = EventType::MuteConfirmed, .call_id = text(tab, id), .on = on}; });
    }
    case 6: {  // refused once more, or refused though nothing was asked
      const auto type = random.chance(400) ? EventType::HoldRefused : random.chance(500) ? EventType::MuteRefused : random.chance(500) ? EventType::DtmfRefused : EventType::DtmfSent;
      return sip(life, 1, [id, type](Tab& tab) { return Event{.type = type, .call_id = text(tab, id)}; });
    }
    case 7: {
      const bool refused = random.chance(300);
      return sip(life, 1, [id, refused](Tab& tab) {
        if (refused) return Event{.type = EventType::MergeRefused, .call_id = text(tab, id), .reason = text(tab, "no mixer")};
        return Event{.type = EventType::CommandRefused, .call_id = text(tab, id), .reason = text(tab, "late"), .refused = Command::Transfer};
      });
    }
    default: {  // the library's own conference button: together, or apart again
      if (up.size() < 2) return;
      Leg* other = up[0] == leg ? up[1] : up[0];
      const bool on = random.chance(600);
      return sip(life, 1, [id, second = other->call_id, on](Tab& tab) {
        return Event{.type = EventType::MergeConfirmed, .call_id = text(tab, id), .other_call_id = text(tab, second), .on = on};
      });
    }
  }
}

/// The library lives outside the page (Mizu's NS engines): the next page is told of the talks that went on without one.
void World::take_up_talks(Tab& tab) {
  if (tab.load_failed) return;  // what it could not read it would open anew
  for (auto& leg : legs) {
    if (!leg->outlives || leg->far != Leg::Far::Up || leg->life == tab.life || find(leg->life)) continue;
    leg->life = tab.life;
    leg->dropped = false;
    if (leg->logged_at < 0) leg->seen_at = -1;  // nothing is known of it: it began when it was heard of
    leg->told = leg->told_up = true;
    sip(tab.life, random.between(1, 300), [there = leg.get()](Tab& told) {
      return Event{.type = EventType::CallResumed, .call_id = text(told, there->call_id), .sip_call_id = text(told, there->sip_id), .number = text(told, there->number)};
    });
  }
}

}  // namespace offhook::sim
