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
#include <utility>

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

/// What a step needs of a table, made from it by the compiler: the names stay behind, and a row is twelve bytes.
template <class M>
struct Steps {
  using Holds = decltype(Guard<M>::holds);
  using Run = decltype(Action<M>::run);
  static constexpr std::size_t kStates = M::state_names.size();
  static constexpr std::size_t kEvents = M::event_names.size();
  static constexpr std::size_t kRows = M::table.size();
  static constexpr std::uint8_t kNone = 255;
  static_assert(kRows < kNone && kStates < kNone);

  struct Row {
    std::uint32_t from;
    Holds holds;         ///< nullptr: always
    std::uint16_t then;  ///< where its actions begin in `runs`; a nullptr ends them
    std::uint8_t on;
    std::uint8_t to;     ///< kNone: same
  };
  static constexpr std::size_t count_runs() {
    std::size_t count = kRows;
    for (const auto& row : M::table)
      for (const Action<M>* action : row.then) count += action != nullptr;
    return count;
  }

  std::array<Row, kRows> rows{};
  std::array<Run, count_runs()> runs{};
  std::array<std::uint8_t, kStates * kEvents> first{};  ///< for every state and event the first row that could answer

  consteval Steps() {
    std::size_t next = 0;
    for (std::size_t i = 0; i < kRows; ++i) {
      const auto& row = M::table[i];
      rows[i] = {row.from.mask, row.when ? row.when->holds : nullptr, static_cast<std::uint16_t>(next), static_cast<std::uint8_t>(row.on),
                 row.to.stays ? kNone : static_cast<std::uint8_t>(row.to.state)};
      for (const Action<M>* action : row.then)
        if (action) runs[next++] = action->run;
      ++next;
    }
    for (std::size_t s = 0; s < kStates; ++s)
      for (std::size_t e = 0; e < kEvents; ++e) {
        first[s * kEvents + e] = kNone;
        for (std::size_t i = kRows; i-- > 0;)
          if (M::table[i].from.has(static_cast<typename M::State>(s)) && static_cast<std::size_t>(M::table[i].on) == e)
            first[s * kEvents + e] = static_cast<std::uint8_t>(i);
      }
  }
};

template <class M>
inline constexpr Steps<M> kSteps{};

/// Index of the row that answers `event` in `state`, or -1 when none does.
template <class M>
int find_row(typename M::State state, const typename M::Context& context, const typename M::Event& event) {
  using S = Steps<M>;
  const S& steps = kSteps<M>;
  const auto on = static_cast<std::uint8_t>(event.on);
  for (std::size_t i = steps.first[static_cast<std::size_t>(state) * S::kEvents + on]; i < S::kRows; ++i) {
    const auto& row = steps.rows[i];
    if (row.on != on || !(row.from >> static_cast<unsigned>(state) & 1)) continue;
    if (row.holds && !row.holds(context, event)) continue;
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
  const auto& row = kSteps<M>.rows[static_cast<std::size_t>(index)];
  if (row.to != Steps<M>::kNone) state = static_cast<typename M::State>(row.to);
  for (auto run = &kSteps<M>.runs[row.then]; *run; ++run) (*run)(context, event, effects);
  return index;
}

/// Calls `with` with the row's number as a constant.
template <class M, class With>
void as_constant(std::size_t row, With&& with) {
  auto is = [&]<std::size_t I>() {
    if (row != I) return false;
    with.template operator()<I>();
    return true;
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (void)(is.template operator()<I>() || ...); }(std::make_index_sequence<M::table.size()>());
}

template <class M>
bool row_holds(std::size_t row, const typename M::Context& context, const typename M::Event& event) {
  bool holds = true;
  as_constant<M>(row, [&]<std::size_t I>() {
    if constexpr (M::table[I].when != nullptr) holds = M::table[I].when->holds(context, event);
  });
  return holds;
}

template <class M>
void run_row(std::size_t row, typename M::Context& context, const typename M::Event& event, typename M::Effects& effects) {
  as_constant<M>(row, [&]<std::size_t I>() {
    constexpr auto& then = M::table[I].then;
    auto run = [&]<std::size_t J>() {
      if constexpr (then[J] != nullptr) then[J]->run(context, event, effects);
    };
    [&]<std::size_t... J>(std::index_sequence<J...>) { (run.template operator()<J>(), ...); }(std::make_index_sequence<then.size()>());
  });
}

/// The same as step(), as code instead of data: a jump to the row, its guard and actions called by name and so inlined, where step()
/// calls each through a pointer. For a small table that is stepped with every click; costs about a hundred bytes a row.
template <class M>
int step_as_code(typename M::State& state, typename M::Context& context, const typename M::Event& event, typename M::Effects& effects) {
  using S = Steps<M>;
  const S& steps = kSteps<M>;
  const auto on = static_cast<std::uint8_t>(event.on);
  std::size_t index = steps.first[static_cast<std::size_t>(state) * S::kEvents + on];
  for (; index < S::kRows; ++index) {
    const auto& row = steps.rows[index];
    if (row.on != on || !(row.from >> static_cast<unsigned>(state) & 1)) continue;
    if (!row.holds || row_holds<M>(index, context, event)) break;
  }
  if (index >= S::kRows) return -1;
  if (steps.rows[index].to != S::kNone) state = static_cast<typename M::State>(steps.rows[index].to);
  run_row<M>(index, context, event, effects);
  return static_cast<int>(index);
}

}  // namespace offhook::fsm
