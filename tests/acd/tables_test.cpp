// Documents and tables of the contact centre that must say the same as the code.
#include "engine/tools/centre_tables.h"
#include "tests/support/documents.h"

using namespace offhook;

TEST_CASE("queue_call and centre_agent: each document lists the rows that run, word for word") {
  documents::say_the_rows([](auto&& each) { tools::each_acd_machine(each); });
}

TEST_CASE("queue_call and centre_agent: each document explains every state") {
  documents::explain_the_states([](auto&& each) { tools::each_acd_machine(each); });
}
