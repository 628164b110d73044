// Numbers as the CRM wants them, and numbers that are nobody's.
#include <string>

#include "engine/contact/contact.h"

namespace offhook::contact {

std::string normalise(std::string_view number) {
  std::string digits;
  for (std::size_t i = 0; i < number.size() && digits.size() < 32; ++i) {
    const char c = number[i];
    if (c >= '0' && c <= '9') digits += c;
    else if (c == '+' && digits.empty()) digits += c;
    else if (c == '@' || c == ';') break;  // sip:user@host, tel:+44;ext=5: only the user part counts
  }
  if (digits == "+") return {};
  if (digits.size() > 4 && digits[0] == '0' && digits[1] == '0') return "+" + digits.substr(2);
  return digits;
}

bool is_nobody(std::string_view number, std::string_view normalised, const Config& config) {
  if (normalised.empty()) return true;
  std::string lower;
  for (char c : number.substr(0, 32)) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (lower.find("anonymous") != std::string::npos || lower.find("unknown") != std::string::npos ||
      lower.find("restricted") != std::string::npos || lower.find("private") != std::string::npos)
    return true;
  if (normalised[0] == '+') return false;
  const auto size = static_cast<double>(normalised.size());
  return size >= config.internal_min_digits && size <= config.internal_max_digits;
}

}  // namespace offhook::contact
