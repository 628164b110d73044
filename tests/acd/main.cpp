// The contact centre's tests. They are stories: each name says what the product does.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
