// The Centre's tests. They are stories: each name says what the product does.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <string_view>

#include "tests/centre/rows.h"

namespace offhook::bench {
bool whole_run = true;
}

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view option(argv[i]);
    if (option.find("-tc") != option.npos || option.find("-sf") != option.npos || option.find("test-case") != option.npos ||
        option.find("source-file") != option.npos)
      offhook::bench::whole_run = false;
  }
  doctest::Context context(argc, argv);
  context.setOption("order-by", "file");
  return context.run();
}
