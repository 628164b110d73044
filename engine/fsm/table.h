// A machine is its table: one row per line, in the order its document lists
// them. The first row whose states, event and guard all match is taken; a row
// that does not exist means "ignored, and counted".
//
// Tables hold no behaviour of their own. A guard reads; an action writes the
// context or adds effects; neither may call the other or look at a clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook::fsm {

/// Most actions a row may name. Ten fit on a document's line; six read well.
inline constexpr std::size_t kActionsPerRow = 8;

/// The states a row is for: `Dialing | Ringing` reads as in the document.
template <class State>
struct StateSet {
  std::uint32_t mask = 0;
  constexpr StateSet() = default;
  constexpr StateSet(State one) : mask(1u << static_cast<unsigned>(one)) {}
  constexpr bool has(State s) const { return mask & (1u << static_cast<unsigned>(s)); }
  friend constexpr StateSet operator|(StateSet a, StateSet b) {
    StateSet both;
    both.mask = a.mask | b.mask;
    return both;
  }
};

/// Where a row leads: a state, or `same` for the state it came from.
struct Same {};
inline constexpr Same same{};

template <class State>
struct Next {
  State state{};
  bool stays = false;
  constexpr Next(State to) : state(to) {}
  constexpr Next(Same) : stays(true) {}
};

template <class M>
struct Guard {
  std::string_view name;
  bool (*holds)(const typename M::Context&, const typename M::Event&);
};

template <class M>
struct Action {
  std::string_view name;
  void (*run)(typename M::Context&, const typename M::Event&, typename M::Effects&);
};

template <class M>
struct Row {
  StateSet<typename M::State> from;
  typename M::On on;
  const Guard<M>* when;  ///< nullptr: always
  Next<typename M::State> to;
  std::array<const Action<M>*, kActionsPerRow> then{};
};

/// The types of a machine, by the names that its files use: `struct Machine : fsm::Describes<Machine, State, On, Event, Context, Effects>`.
template <class M, class StateOf, class OnOf, class EventOf, class ContextOf, class EffectsOf>
struct Describes {
  using State = StateOf;
  using On = OnOf;
  using Event = EventOf;
  using Context = ContextOf;
  using Effects = EffectsOf;
  using Guard = fsm::Guard<M>;
  using Action = fsm::Action<M>;
  using Row = fsm::Row<M>;
};

/// For every state and event the first row that could answer, so that a step does not search the whole table.
template <class M>
struct FirstRows {
  static constexpr std::size_t kStates = M::state_names.size();
  static constexpr std::size_t kEvents = M::event_names.size();
  std::array<std::int16_t, kStates * kEvents> at{};
  consteval FirstRows() {
    for (std::size_t s = 0; s < kStates; ++s)
      for (std::size_t e = 0; e < kEvents; ++e) {
        at[s * kEvents + e] = -1;
        for (std::size_t i = 0; i < M::table.size(); ++i)
          if (M::table[i].from.has(static_cast<typename M::State>(s)) && static_cast<std::size_t>(M::table[i].on) == e) {
            at[s * kEvents + e] = static_cast<std::int16_t>(i);
            break;
          }
      }
  }
};

template <class M>
inline constexpr FirstRows<M> kFirstRows{};

/// Index of the row that answers `event` in `state`, or -1 when none does.
template <class M>
int find_row(typename M::State state, const typename M::Context& context, const typename M::Event& event) {
  const auto start = kFirstRows<M>.at[static_cast<std::size_t>(state) * FirstRows<M>::kEvents + static_cast<std::size_t>(event.on)];
  if (start < 0) return -1;
  for (std::size_t i = static_cast<std::size_t>(start); i < M::table.size(); ++i) {
    const Row<M>& row = M::table[i];
    if (!row.from.has(state) || row.on != event.on) continue;
    if (row.when && !row.when->holds(context, event)) continue;
    return static_cast<int>(i);
  }
  return -1;
}

/// Takes one event: moves `state`, runs the row's actions in order, and returns
/// the row taken (for the trace), or -1 and no change.
template <class M>
int step(typename M::State& state, typename M::Context& context, const typename M::Event& event, typename M::Effects& effects) {
  const int index = find_row<M>(state, context, event);
  if (index < 0) return index;
  const Row<M>& row = M::table[static_cast<std::size_t>(index)];
  if (!row.to.stays) state = row.to.state;
  for (const Action<M>* action : row.then) {
    if (!action) break;
    action->run(context, event, effects);
  }
  return index;
}

}  // namespace offhook::fsm
