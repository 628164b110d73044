// Documents and tables of the Centre that must say the same as the code.
#include "engine/tools/centre_tables.h"
#include "tests/support/documents.h"

using namespace offhook;

TEST_CASE("each machine's document lists the rows that run, in their order, word for word") {
  documents::say_the_rows([](auto&& each) { tools::each_centre_machine(each); });
}

TEST_CASE("each document explains every state of its machine") {
  documents::explain_the_states([](auto&& each) { tools::each_centre_machine(each); });
}
