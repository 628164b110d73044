// The PBX with its far ends, and the softphone library in each page: all
// endings of a call, of a transfer and of a registration, and what real
// libraries forget to say.
#include <algorithm>

#include "tests/sim/world.h"

namespace offhook::sim {
namespace {

Text text(Tab& tab, std::string_view s) { return tab.phone->strings().intern(s); }

}  // namespace

/// What the PBX or the library tells a page's softphone. Lost, when the page is gone or its transport is down.
void World::sip(int life, Ms delay, std::function<Event(Tab&)> what) {
  in(delay, [this, life, what = std::move(what)] {
    Tab* tab = find(life);
    if (tab && tab->soft_ready && !tab->transport_down) happens(life, what);
  });
}

Leg* World::leg_of(const Tab& tab, std::string_view call_id) {
  for (auto& leg : legs)
    if (leg->life == tab.life && leg->call_id == call_id) return leg.get();
  return nullptr;
}

/// The leg is over at the PBX. `tell`: the softphone hears of it, if it can hear.
void World::end_leg(Leg& leg, Origin origin, double status, std::string_view reason, bool tell) {
  if (leg.far == Leg::Far::Gone) return;
  leg.far = Leg::Far::Gone;
  note(nullptr, "leg " + leg.sip_id + " is over at the PBX");
  if (!tell || leg.life == 0) return;
  if (!calm && origin == Origin::Remote && random.chance(trouble.lost_bye)) return;
  sip(leg.life, random.between(5, 80), [id = leg.call_id, origin, status, reason = std::string(reason)](Tab& tab) {
    return Event{.type = EventType::CallEnded, .call_id = text(tab, id), .reason = text(tab, reason), .status_code = status, .origin = origin};
  });
}

/// The page that had these calls died: the PBX hears no sound and ends them.
void World::orphan(int life) {
  if (contact == life) contact = 0;
  for (auto& leg : legs) {
    if (leg->life != life || leg->far == Leg::Far::Gone) continue;
    leg->dropped = true;
    if (leg->outlives) continue;
    in(random.between(5'000, 30'000), [this, leg = leg.get(), life] {
      if (leg->life == life) end_leg(*leg, Origin::Remote, 0, "rtp timeout", false);
    });
  }
}

void World::register_phone(Tab& tab) {
  const int life = tab.life;
  in(random.between(5, 40), [this, life] {
    Tab* there = find(life);
    if (!there || !there->soft_ready) return;
    happens(life, [](Tab&) { return Event{.type = EventType::Registering}; });
    const bool fails = !calm && random.chance(trouble.softphone_refuses / 2);
    sip(life, random.between(20, 400), [this, fails](Tab& tab) {
      tab.registered = !fails;
      if (!fails) contact = tab.life;  // one contact, the last one: max_contacts=1, remove_existing=yes
      if (fails) return Event{.type = EventType::RegistrationFailed, .reason = text(tab, "Service Unavailable"), .status_code = 503};
      return Event{.type = EventType::Registered};
    });
  });
}

/// The websocket to the PBX goes away for a while. Some libraries say so, SIP.js does not.
void World::drop_transport(Tab& tab) {
  if (tab.transport_down || !tab.soft_ready) return;
  const int life = tab.life;
  note(&tab, "SIP transport down");
  const bool says = random.chance(700);
  if (says) happens(life, [](Tab& there) { return Event{.type = EventType::Unregistered, .reason = text(there, "transport")}; });
  Tab* still = find(life);
  if (!still) return;
  still->transport_down = true;
  in(random.between(500, 20'000), [this, life] {
    Tab* there = find(life);
    if (!there) return;
    note(there, "SIP transport up");
    there->transport_down = false;
    register_phone(*there);
  });
}

void World::incoming() {
  Tab* tab = find(contact);
  if (!tab || tab->transport_down) return;
  legs.push_back(std::make_unique<Leg>());
  Leg* leg = legs.back().get();
  leg->id = static_cast<int>(legs.size());
  leg->sip_id = "sip-" + std::to_string(leg->id);
  leg->call_id = "in-" + std::to_string(leg->id);
  static const std::vector<std::string> numbers{"+442079460123", "+33123456789", "1002", "anonymous", "00442079460123"};
  leg->number = numbers[random.below(5)];
  leg->life = contact;
  const bool queue = random.chance(500);
  leg->pbx_id = queue ? "1651." + std::to_string(leg->id) : "";
  leg->outlives = outside;
  if (random.chance(40))  // the library answers by itself (Alert-Info: auto-answer)
    in(random.between(100, 800), [this, leg] {
      if (leg->far == Leg::Far::Ringing) connect(*leg, 5);
    });
  const bool named = queue && random.chance(500);
  sip(leg->life, random.between(5, 60), [leg, named](Tab& there) {
    leg->told = true;
    return Event{.type = EventType::CallOffered, .call_id = text(there, leg->call_id), .sip_call_id = text(there, leg->sip_id),
                 .number = text(there, leg->number), .uniqueid = text(there, named ? leg->pbx_id : "")};
  });
  if (queue) {  // early or late, seldom both
    auto tell_queue = [this, leg] {
      std::string body;
      JsonWriter(body).open('{').key("type").string("queue_number").key("extension").string("1001").key("call_from").string(leg->number).key("queue_name")
          .string("Support").key("queue_number").string("queue-6402").key("server_call_log_token").string("tok-" + leg->pbx_id).key("yeastar_call_id")
          .string(leg->pbx_id).key("channel_id").string("PJSIP/1001-" + leg->pbx_id).close('}');
      tell_all(body);
    };
    in(random.between(0, 4'000), tell_queue);
    if (random.chance(200)) in(random.between(0, 20'000), tell_queue);
  }
  const std::uint32_t fate = random.below(4);
  const Ms patience = fate == 0 ? random.between(100, 3'000) : random.between(3'000, 30'000);
  in(patience, [this, leg, fate] {
    if (leg->far != Leg::Far::Ringing) return;
    const char* why = fate == 1 ? "Call completed elsewhere" : "";
    end_leg(*leg, Origin::Remote, fate == 2 ? 603 : 487, why);
  });
}

/// The far end talks from now on, and hangs up some time later.
void World::connect(Leg& leg, Ms delay) {
  leg.far = Leg::Far::Up;
  Leg* there = &leg;
  if (random.chance(300)) sounds(leg, 1 + static_cast<int>(random.below(30)), random.below(3));
  sip(leg.life, delay, [there](Tab& tab) {
    there->told_up = true;
    const bool resumes = tab.features.find("resume") != std::string::npos;
    return Event{.type = EventType::CallConnected, .call_id = text(tab, there->call_id), .dialog = text(tab, resumes ? there->sip_id : "")};
  });
  if (random.chance(750))
    in(random.between(500, 120'000), [this, there] { end_leg(*there, Origin::Remote, 0, ""); });
}

void World::dial(Tab& tab, const Effect& effect) {
  const int life = tab.life;
  const std::string id(tab.phone->strings().view(effect.call_id));
  legs.push_back(std::make_unique<Leg>());
  Leg* leg = legs.back().get();
  leg->id = static_cast<int>(legs.size());
  leg->inbound = false;
  leg->outlives = outside;
  leg->call_id = id;
  leg->sip_id = "sip-" + std::to_string(leg->id);
  leg->number = tab.phone->strings().view(effect.number);
  leg->life = life;
  leg->told = true;
  leg->seen_at = now;
  if (tab.transport_down || (!calm && random.chance(trouble.softphone_refuses))) {
    leg->far = Leg::Far::Gone;
    return in(random.chance(800) ? random.between(1, 50) : random.between(50, 6'000), [this, life, id] {
      happens(life, [id](Tab& there) {
        return Event{.type = EventType::CommandRefused, .call_id = text(there, id), .reason = text(there, "no transport"), .refused = Command::Dial};
      });
    });
  }
  sip(life, random.between(20, 150), [leg](Tab& there) {
    return Event{.type = EventType::CallDialed, .call_id = text(there, leg->call_id), .sip_call_id = text(there, leg->sip_id)};
  });
  if (random.chance(800))
    sip(life, random.between(200, 1'500), [this, leg](Tab& there) {
      return Event{.type = EventType::CallProgress, .call_id = text(there, leg->call_id), .status_code = random.chance(200) ? 183.0 : 180.0};
    });
  if (random.chance(100)) return;  // nobody ever answers: the PBX gives up, or we do
  const bool answers = random.chance(600);
  in(random.between(1'500, 20'000), [this, leg, answers] {
    if (leg->far != Leg::Far::Ringing) return;
    static const std::vector<double> codes{486, 404, 480, 603, 503, 403};
    if (answers) connect(*leg, random.between(5, 60));
    else end_leg(*leg, Origin::Remote, codes[random.below(6)], "");
  });
}

void World::answer_leg(Leg& leg) {
  Leg* there = &leg;
  in(random.between(20, 300), [this, there] {
    if (there->far == Leg::Far::Ringing) connect(*there, random.between(5, 60));
  });
}

/// REFER, and what the PBX says of it.
void World::transfer(Tab& tab, const Effect& effect) {
  Leg* leg = leg_of(tab, tab.phone->strings().view(effect.call_id));
  Leg* other = leg_of(tab, tab.phone->strings().view(effect.other_call_id));
  const int life = tab.life;
  const std::string id(tab.phone->strings().view(effect.call_id));
  auto progress = [this, life, id](Ms delay, double status) {
    sip(life, delay, [id, status](Tab& there) {
      return Event{.type = EventType::TransferProgress, .call_id = text(there, id), .status_code = status};
    });
  };
  if (!leg || leg->far != Leg::Far::Up || (!calm && random.chance(trouble.softphone_refuses)))
    return sip(life, random.between(5, 100), [id](Tab& there) {
      return Event{.type = EventType::CommandRefused, .call_id = text(there, id), .reason = text(there, "603"), .refused = Command::Transfer};
    });
  const std::uint32_t how = random.below(6);
  progress(random.between(20, 60), 100);
  if (random.chance(700)) progress(random.between(100, 900), 180);
  if (how == 0) return progress(random.between(300, 2'000), 404);
  if (how == 1) {  // the target is busy, and the customer is gone: nobody says so
    in(random.between(300, 1'500), [this, leg] { end_leg(*leg, Origin::Remote, 0, "", random.chance(300)); });
    return progress(random.between(1'600, 2'000), 486);
  }
  if (how == 2) {  // never told
    if (random.chance(500)) in(60'000, [this, leg] { end_leg(*leg, Origin::Remote, 0, ""); });
    return;
  }
  progress(random.between(900, 2'500), 200);
  if (other) in(random.between(900, 2'500), [this, other] { end_leg(*other, Origin::Remote, 0, ""); });
  in(how == 3 ? 200 : 59'800, [this, leg] { end_leg(*leg, Origin::Remote, 0, ""); });  // a BYE before the NOTIFY, or after a minute
}

/// A softphone.* effect. The library may refuse, may be silent, may say it twice.
void World::softphone(Tab& tab, const Effect& effect) {
  const int life = tab.life;
  const std::string id(tab.phone->strings().view(effect.call_id));
  if (tab.told_lost) complain(tab.name + " uses its softphone though another tab leads");
  auto refused = [this, life, id](Command what) {
    sip(life, random.between(1, 100), [id, what](Tab& there) {
      return Event{.type = EventType::CommandRefused, .call_id = text(there, id), .reason = text(there, "refused"), .refused = what};
    });
  };
  Leg* leg = leg_of(tab, id);
  const bool refuses = !calm && random.chance(trouble.softphone_refuses);
  const bool silent = !calm && random.chance(trouble.softphone_mute);
  switch (effect.type) {
    case EffectType::SoftphoneStart:
      tab.soft_started = true;
      return in(random.between(5, 200), [this, life] {
        Tab* there = find(life);
        if (!there) return;
        if (!calm && !there->soft_ready && random.chance(trouble.start_fails))
          return happens(life, [](Tab& told) { return Event{.type = EventType::SoftphoneFailed, .reason = text(told, "no microphone")}; });
        there->soft_ready = true;
        happens(life, [](Tab& told) { return Event{.type = EventType::SoftphoneReady, .features = text(told, told.features)}; });
        if (Tab* still = find(life)) register_phone(*still);
        if (Tab* still = find(life)) take_up_talks(*still);
      });
    case EffectType::SoftphoneRegister:
      if (!silent) register_phone(tab);
      return;
    case EffectType::SoftphoneUnregister:
      tab.registered = false;
      if (contact == life) contact = 0;
      return sip(life, random.between(20, 200), [](Tab& there) { return Event{.type = EventType::Unregistered, .reason = text(there, "requested")}; });
    case EffectType::SoftphoneDial: return dial(tab, effect);
    case EffectType::SoftphoneAnswer:
      if (refuses) return refused(Command::Answer);
      if (leg && !silent && !tab.transport_down) answer_leg(*leg);
      return;
    case EffectType::SoftphoneReject:
    case EffectType::SoftphoneHangup: {
      if (refuses) refused(Command::Hangup);
      if (!leg) return;
      const bool crosses = leg->far == Leg::Far::Ringing && !leg->inbound && random.chance(150);
      if (crosses) return connect(*leg, 1);  // our CANCEL meets the 200
      if (leg->far == Leg::Far::Gone && !silent)  // the library closes its own side of what is long gone
        return sip(life, random.between(5, 40), [id](Tab& there) {
          return Event{.type = EventType::CallEnded, .call_id = text(there, id), .origin = Origin::Local};
        });
      if (!tab.transport_down) return end_leg(*leg, Origin::Local, leg->inbound ? 0 : 487, "", !silent);
      return;
    }
    case EffectType::SoftphoneHold:
      if (leg) leg->hold_failed = true;  // until it is confirmed
      if (refuses)
        return sip(life, random.between(20, 200), [id](Tab& there) {
          return Event{.type = EventType::HoldRefused, .call_id = text(there, id), .reason = text(there, "488")};
        });
      if (leg && !silent)
        sip(life, random.between(20, 200), [id, leg, on = effect.on](Tab& there) {
          leg->hold_failed = false;
          return Event{.type = EventType::HoldConfirmed, .call_id = text(there, id), .on = on};
        });
      if (leg && !silent && !calm && random.chance(100))  // the renegotiation brought a new track, which is not muted
        sip(life, random.between(150, 400), [id](Tab& there) { return Event{.type = EventType::MuteConfirmed, .call_id = text(there, id), .on = false}; });
      return;
    case EffectType::SoftphoneMute:
      if (refuses)
        return sip(life, 1, [id](Tab& there) { return Event{.type = EventType::MuteRefused, .call_id = text(there, id), .reason = text(there, "no track")}; });
      if (leg && !silent)
        sip(life, random.between(0, 5), [id, on = effect.on](Tab& there) {
          return Event{.type = EventType::MuteConfirmed, .call_id = text(there, id), .on = on};
        });
      return;
    case EffectType::SoftphoneDtmf:
      if (refuses) return sip(life, 5, [id](Tab& there) { return Event{.type = EventType::DtmfRefused, .call_id = text(there, id)}; });
      if (!silent) sip(life, random.between(200, 4'000), [id](Tab& there) { return Event{.type = EventType::DtmfSent, .call_id = text(there, id)}; });
      return;
    case EffectType::SoftphoneTransfer: return transfer(tab, effect);
    case EffectType::SoftphoneMerge: {
      const std::string other(tab.phone->strings().view(effect.other_call_id));
      if (refuses) return sip(life, 20, [id](Tab& there) { return Event{.type = EventType::MergeRefused, .call_id = text(there, id), .reason = text(there, "no mixer")}; });
      if (!silent)
        sip(life, random.between(20, 200), [id, other, on = effect.on](Tab& there) {
          return Event{.type = EventType::MergeConfirmed, .call_id = text(there, id), .other_call_id = text(there, other), .on = on};
        });
      return;
    }
    case EffectType::SoftphoneCheck:
      if (tab.features.find("check") == std::string::npos) complain("a softphone that cannot check is asked to");
      if (silent) return;
      return sip(life, random.between(20, 500), [leg, id](Tab& there) {
        if (leg && leg->far != Leg::Far::Gone) return Event{.type = EventType::CallAlive, .call_id = text(there, id)};
        return Event{.type = EventType::CallEnded, .call_id = text(there, id), .reason = text(there, "lost")};
      });
    case EffectType::SoftphoneResume: {
      const std::string dialog(tab.phone->strings().view(effect.dialog));
      Leg* lost = nullptr;
      for (auto& one : legs)
        if (one->sip_id == dialog && one->far == Leg::Far::Up) lost = one.get();
      if (silent) return;
      if (lost && random.chance(800)) {
        lost->life = life;
        lost->call_id = id;
        lost->dropped = false;
        return sip(life, random.between(100, 800), [lost, id, dialog](Tab& there) {
          return Event{.type = EventType::CallResumed, .call_id = text(there, id), .sip_call_id = text(there, lost->sip_id), .dialog = text(there, dialog)};
        });
      }
      return sip(life, random.between(50, 500), [id](Tab& there) {
        return Event{.type = EventType::CallEnded, .call_id = text(there, id), .reason = text(there, "lost")};
      });
    }
    default: return complain("an effect that nobody carries out");
  }
}

}  // namespace offhook::sim
