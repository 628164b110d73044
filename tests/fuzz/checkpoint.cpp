// Any text as a checkpoint (docs/decisions/0013): refused and nothing changed, or a Phone that goes on, whatever comes then.
#include "tests/engine/random_phone.h"
#include "tests/fuzz/json_mutator.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Phone phone(fuzz::kConfig);
  const std::string before = phone.checkpoint();
  const std::string reply = phone.resume_json(fuzz::text_of(data, size));
  fuzz::must_be_reply(reply);
  if (reply.find(R"("error":null)") == std::string::npos) {
    fuzz::must(phone.checkpoint() == before, "a refused checkpoint changes nothing");
    return 0;
  }
  // What was read is written, and read again as the same.
  const std::string again = phone.checkpoint();
  Phone twin(fuzz::kConfig);
  const std::string second = twin.resume_json(again);
  fuzz::must(second.find(R"("error":null)") != std::string::npos, "a checkpoint that was taken up can be taken up again: " + second.substr(0, 300));
  fuzz::must(twin.checkpoint() == again, "a checkpoint survives its writing");
  std::uint64_t sum = 0xcbf29ce484222325ULL;
  for (std::size_t i = 0; i < size; ++i) sum = (sum ^ data[i]) * 0x100000001b3ULL;
  bench::Choices choose(sum);
  bench::Host host;  // its promises are those of a Phone with a past of its own: only that every answer is one, and nothing breaks
  for (int i = 0; i < 24; ++i) fuzz::must_be_reply(phone.dispatch_json(bench::to_json(host.next(choose))));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"Disposed","at":1800000000000,"mono":900000})"));
  return 0;
}
