#include "engine/core/json_writer.h"

namespace offhook {

void JsonWriter::quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out_ += '"';
  std::size_t from = 0;  // what is plain goes over in one piece: nearly all of it is
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x20 && c != '"' && c != '\\') continue;
    out_.append(text.data() + from, i - from);
    from = i + 1;
    out_ += '\\';
    if (u >= 0x20) out_ += c;
    else if (c == '\n') out_ += 'n';
    else if (c == '\t') out_ += 't';
    else if (c == '\r') out_ += 'r';
    else {
      out_ += "u00";
      out_ += kHex[u >> 4];
      out_ += kHex[u & 15];
    }
  }
  out_.append(text.data() + from, text.size() - from);
  out_ += '"';
}

void JsonWriter::digits(double value) {
  if (!(value > -9e15 && value < 9e15)) {  // NaN and infinities too: JSON has no word for them
    out_ += '0';
    return;
  }
  if (value < 0) {
    out_ += '-';
    value = -value;
  }
  auto whole = static_cast<unsigned long long>(value);
  auto thousandths = static_cast<unsigned>((value - static_cast<double>(whole)) * 1000 + 0.5);
  if (thousandths >= 1000) {
    ++whole;
    thousandths = 0;
  }
  char buffer[24];
  char* const end = buffer + sizeof buffer;
  char* first = end;
  do *--first = static_cast<char>('0' + whole % 10); while (whole /= 10);
  out_.append(first, end);
  if (!thousandths) return;
  out_ += '.';
  out_ += static_cast<char>('0' + thousandths / 100);
  if (thousandths % 100) out_ += static_cast<char>('0' + thousandths / 10 % 10);
  if (thousandths % 10) out_ += static_cast<char>('0' + thousandths % 10);
}

void JsonWriter::field(const Field& field, const void* base, const Strings& strings) {
  key(field.name);
  switch (field.kind) {
    case Kind::Number: number(number_of(field, base)); return;
    case Kind::Time: {
      const double value = number_of(field, base);
      if (value == 0) null(); else number(value);
      return;
    }
    case Kind::Flag: flag(flag_of(field, base)); return;
    case Kind::Word: string(field.words[word_of(field, base)]); return;
    case Kind::Verdict: {
      const std::uint8_t word = word_of(field, base);
      open('{').key("ok").flag(word == 0).key("reason").string(field.words[word]).key("retryIn");
      const double retry_in = retry_of(field, base);
      if (retry_in == 0) null(); else number(retry_in);
      close('}');
      return;
    }
    case Kind::Name: {
      const Text text = text_of(field, base);
      if (text.empty()) null(); else string(strings.view(text));
      return;
    }
    case Kind::String:
    case Kind::Blob: string(strings.view(text_of(field, base))); return;
  }
}

}  // namespace offhook
