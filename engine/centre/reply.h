// What one call of the Centre gives back, gathered and written as JSON
// (docs/centre.md, "Reply"). Effects keep their order; changes are whole items.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/json_writer.h"

namespace offhook::centre {

/// One comma-separated list of JSON texts.
struct Items {
  std::string text;
  /// Opens the next item; the caller writes one value into what is returned.
  std::string& next() {
    if (!text.empty()) text += ',';
    return text;
  }
  bool empty() const { return text.empty(); }
};

struct Reply {
  Items extensions, members, calls, queues, acd_queues, acd_agents, acd_calls, effects;
  std::string link, error;

  bool has_changes() const {
    return !(extensions.empty() && members.empty() && calls.empty() && queues.empty() && acd_queues.empty() && acd_agents.empty() && acd_calls.empty() && link.empty());
  }
  bool empty() const { return !has_changes() && effects.empty() && error.empty(); }
  /// Room for a few items is kept, for every message clears; that of thousands is given back.
  void clear() {
    for (Items* items : {&extensions, &members, &calls, &queues, &acd_queues, &acd_agents, &acd_calls, &effects}) clear(items->text);
    clear(link);
    clear(error);
  }

  /// `{"level","text", …}`; `more` is further JSON members, or nothing.
  void log(std::string_view level, std::string_view text, std::string_view more = {}) {
    JsonWriter json(effects.next());
    json.open('{').key("type").string("log").key("level").string(level).key("text").string(text);
    if (!more.empty()) json.raw(more);
    json.close('}');
  }
  void alarm(std::string_view code, std::string_view detail, bool active) {
    JsonWriter json(effects.next());
    json.open('{').key("type").string("alarm").key("code").string(code).key("detail").string(detail).key("active").flag(active).close('}');
  }
  void send(std::string_view text) {
    JsonWriter json(effects.next());
    json.open('{').key("type").string("ami.send").key("text").string(text).close('}');
  }
  void settle(std::string_view id, bool ok, std::string_view code, std::string_view detail, std::string_view state) {
    JsonWriter json(effects.next());
    json.open('{').key("type").string("command.settled").key("id").string(id).key("ok").flag(ok);
    const auto maybe = [&](std::string_view name, std::string_view value) {
      json.key(name);
      if (value.empty()) json.null(); else json.string(value);
    };
    maybe("code", code);
    maybe("detail", detail);
    maybe("state", state);
    json.close('}');
  }

  static void clear(std::string& text) {
    if (text.capacity() > 64 * 1024) text = std::string();
    else text.clear();
  }

  void write(std::string& out, double version, double wake_ms) const {
    out.clear();
    JsonWriter json(out);
    json.open('{').key("version").number(version).key("error");
    if (error.empty()) json.null(); else json.raw(error);
    json.key("wake_ms");
    if (wake_ms < 0) json.null(); else json.number(wake_ms);
    json.key("changes").open('{');
    if (!link.empty()) json.key("link").raw(link);
    const auto list = [&](std::string_view name, const Items& items) {
      if (!items.empty()) json.key(name).open('[').raw(items.text).close(']');
    };
    list("extensions", extensions);
    list("members", members);
    list("calls", calls);
    list("queues", queues);
    list("acd_queues", acd_queues);
    list("acd_agents", acd_agents);
    list("acd_calls", acd_calls);
    json.close('}').key("effects").open('[');
    if (!effects.empty()) json.raw(effects.text);
    json.close(']').close('}');
  }
};

}  // namespace offhook::centre
