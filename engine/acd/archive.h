// One list of fields for both ways: `fields(archive, value)` names each once, and a Writer writes what a Reader reads. Bounded: a text that
// is too long, a number that is none or a word that nobody knows makes the Reader's `ok` false, and what it read is not to be used.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "engine/acd/limits.h"
#include "engine/core/json_writer.h"
#include "engine/core/words.h"
#include "engine/wire/json_in.h"

namespace offhook::acd {

class Writer {
 public:
  static constexpr bool kReads = false;
  /// `sparse`: empty texts, zeros, false and empty lists are left out.
  explicit Writer(JsonWriter& json, bool sparse = false) : json_(json), sparse_(sparse) {}
  void operator()(std::string_view key, const std::string& text) { if (!sparse_ || !text.empty()) json_.key(key).string(text); }
  void operator()(std::string_view key, const double& number) { if (!sparse_ || number != 0) json_.key(key).number(number); }
  void operator()(std::string_view key, const int& number) { if (!sparse_ || number != 0) json_.key(key).number(number); }
  void operator()(std::string_view key, const bool& flag) { if (!sparse_ || flag) json_.key(key).flag(flag); }
  template <class Word, std::size_t N>
  void word(std::string_view key, const Word& value, const WordList<N>& words) { json_.key(key).string(words[static_cast<std::size_t>(value)]); }
  /// As `word`; sparse leaves out the first of the list.
  template <class Word, std::size_t N>
  void maybe(std::string_view key, const Word& value, const WordList<N>& words) { if (!sparse_ || value != Word{}) word(key, value, words); }
  template <class T>
  void list(std::string_view key, const std::vector<T>& values) {
    if (sparse_ && values.empty()) return;
    json_.key(key).open('[');
    for (const T& value : values) item(value);
    json_.close(']');
  }
  template <class T>
  void object(std::string_view key, const T& value) {
    json_.key(key);
    item(value);
  }
  /// As `list` and `object`, everything written: what has other defaults than nothing.
  template <class T>
  void full(std::string_view key, const std::vector<T>& values) {
    if (sparse_ && values.empty()) return;
    Writer(json_).list(key, values);
  }
  template <class T>
  void full(std::string_view key, const T& value) { Writer(json_).object(key, value); }
  template <class T>
  void item(const T& value) {
    json_.open('{');
    fields(*this, const_cast<T&>(value));  // a Writer only reads it
    json_.close('}');
  }
  void item(const std::string& text) { json_.string(text); }
  JsonWriter& json() { return json_; }

 private:
  JsonWriter& json_;
  bool sparse_;
};

class Reader {
 public:
  static constexpr bool kReads = true;
  /// `whole`: numbers have no fraction. What we write ourselves is whole milliseconds and counts.
  explicit Reader(const wire::Json& json, bool whole = false) : json_(&json), whole_(whole) {}
  bool ok = true;
  std::string wrong;  ///< the first field that was

  void operator()(std::string_view key, std::string& text) {
    const wire::Json* value = json_->find(key);
    if (!value) return;
    if (value->type == wire::Json::Type::String && value->text.size() <= limits::kTextBytes) text = value->text;
    else fail(key);
  }
  void operator()(std::string_view key, double& number) {
    const wire::Json* value = json_->find(key);
    if (!value) return;
    if (value->type == wire::Json::Type::Number && std::fabs(value->number) <= limits::kTimeMost && (!whole_ || value->number == std::floor(value->number))) number = value->number;
    else fail(key);
  }
  void operator()(std::string_view key, int& number) {
    const wire::Json* value = json_->find(key);
    if (!value) return;
    if (value->type == wire::Json::Type::Number && value->whole && std::fabs(value->number) <= 1e9) number = static_cast<int>(value->number);
    else fail(key);
  }
  void operator()(std::string_view key, bool& flag) {
    const wire::Json* value = json_->find(key);
    if (!value) return;
    if (value->type == wire::Json::Type::Flag) flag = value->flag;
    else fail(key);
  }
  template <class Word, std::size_t N>
  void word(std::string_view key, Word& value, const WordList<N>& words) {
    const wire::Json* given = json_->find(key);
    if (!given) return;
    for (std::size_t i = 0; i < N; ++i)
      if (given->type == wire::Json::Type::String && given->text == words[i]) {
        value = static_cast<Word>(i);
        return;
      }
    fail(key);
  }
  template <class Word, std::size_t N>
  void maybe(std::string_view key, Word& value, const WordList<N>& words) { word(key, value, words); }
  template <class T>
  void list(std::string_view key, std::vector<T>& values) {
    const wire::Json* given = json_->find(key);
    if (!given) return;
    if (given->type != wire::Json::Type::Array) return fail(key);
    values.clear();
    for (const wire::Json& one : given->items) read(key, one, values.emplace_back());
  }
  template <class T>
  void object(std::string_view key, T& value) {
    if (const wire::Json* given = json_->find(key)) read(key, *given, value);
  }
  template <class T>
  void full(std::string_view key, std::vector<T>& values) { list(key, values); }
  template <class T>
  void full(std::string_view key, T& value) { object(key, value); }
  void fail(std::string_view key) {
    if (ok) wrong = key;
    ok = false;
  }
  const wire::Json& json() const { return *json_; }

 private:
  template <class T>
  void read(std::string_view key, const wire::Json& given, T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (given.type == wire::Json::Type::String && given.text.size() <= limits::kTextBytes) value = given.text;
      else fail(key);
    } else {
      if (!given.is_object()) return fail(key);
      Reader inner(given, whole_);
      fields(inner, value);
      if (!inner.ok) fail(std::string(key) + "." + inner.wrong);
    }
  }
  const wire::Json* json_;
  bool whole_;
};

}  // namespace offhook::acd
