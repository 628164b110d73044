#include "tests/acd_sim/day.h"
namespace offhook::acd_sim { int run_day(int, int) { return 1; } }
