// The table as data: for the documents, the tests and the generated TypeScript.
// Native tools only; the wasm build never includes this file.
#pragma once

#include <string>

#include "engine/fsm/table.h"

namespace offhook::fsm {

template <class M>
std::string states_of(const Row<M>& row, std::string_view separator) {
  std::string text;
  for (std::size_t s = 0; s < M::state_names.size(); ++s) {
    if (!row.from.has(static_cast<typename M::State>(s))) continue;
    if (!text.empty()) text += separator;
    text += M::state_names[s];
  }
  return text;
}

template <class M>
std::string_view next_of(const Row<M>& row) {
  return row.to.stays ? std::string_view("same") : M::state_names[static_cast<std::size_t>(row.to.state)];
}

template <class M>
std::string actions_of(const Row<M>& row, std::string_view quote = "") {
  std::string text;
  for (const Action<M>* action : row.then) {
    if (!action) break;
    if (!text.empty()) text += quote.empty() ? ", " : ",";
    text += quote;
    text += action->name;
    text += quote;
  }
  return text;
}

/// The same five columns as the document, in the same order. States of a set are joined by a comma.
template <class M>
std::string to_markdown() {
  std::string text = "| State | Event | Guard | Next state | Actions |\n|---|---|---|---|---|\n";
  for (const Row<M>& row : M::table) {
    text += "| " + states_of<M>(row, ", ") + " | ";
    text += M::event_names[static_cast<std::size_t>(row.on)];
    text += " | ";
    text += row.when ? row.when->name : "";
    text += " | ";
    text += next_of<M>(row);
    text += " | " + actions_of<M>(row) + " |\n";
  }
  return text;
}

template <class M>
std::string to_mermaid() {
  std::string text = "stateDiagram-v2\n  [*] --> " + std::string(M::state_names[0]) + "\n";
  for (const Row<M>& row : M::table) {
    if (row.to.stays) continue;
    for (std::size_t s = 0; s < M::state_names.size(); ++s) {
      if (!row.from.has(static_cast<typename M::State>(s))) continue;
      text += "  ";
      text += M::state_names[s];
      text += " --> ";
      text += next_of<M>(row);
      text += ": ";
      text += M::event_names[static_cast<std::size_t>(row.on)];
      if (row.when) text += " [" + std::string(row.when->name) + "]";
      text += '\n';
    }
  }
  return text;
}

/// `{"name","states","events","rows":[{"from":[…],"on","guard","to","actions":[…]}]}`; `to` is "same" when the state stays.
template <class M>
std::string to_json(std::string_view name) {
  std::string text = "{\"name\":\"" + std::string(name) + "\",\"states\":[";
  for (std::size_t i = 0; i < M::state_names.size(); ++i) text += (i ? ",\"" : "\"") + std::string(M::state_names[i]) + "\"";
  text += "],\"events\":[";
  for (std::size_t i = 0; i < M::event_names.size(); ++i) text += (i ? ",\"" : "\"") + std::string(M::event_names[i]) + "\"";
  text += "],\"rows\":[";
  for (std::size_t i = 0; i < M::table.size(); ++i) {
    const Row<M>& row = M::table[i];
    text += std::string(i ? "," : "") + "{\"from\":[\"" + states_of<M>(row, "\",\"") + "\"],\"on\":\"";
    text += M::event_names[static_cast<std::size_t>(row.on)];
    text += "\",\"guard\":\"" + std::string(row.when ? row.when->name : "") + "\",\"to\":\"" + std::string(next_of<M>(row));
    text += "\",\"actions\":[" + actions_of<M>(row, "\"") + "]}";
  }
  return text + "]}";
}

}  // namespace offhook::fsm
