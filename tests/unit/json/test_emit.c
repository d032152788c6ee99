// SPDX-License-Identifier: GPL-2.0-or-later
#include "json/emit.h"

#include "test.h"

TEST(commas_stand_between_and_nowhere_else)
{
	autotext struct text text = { 0 };

	emit_bracket('{', &text);
	emit_number("a", -1, &text);
	emit_key("b", &text);
	emit_bracket('[', &text);
	emit_item(&text);
	emit_bracket('{', &text);
	emit_bool("c", true, &text);
	emit_bracket('}', &text);
	emit_item(&text);
	text_add(&text, "2");
	emit_bracket(']', &text);
	emit_string("d", "x\"y", &text);
	emit_string("e", NULL, &text);
	emit_bracket('}', &text);
	CHECK_STR(text_get(&text), "{\"a\":-1,\"b\":[{\"c\":true},2],\"d\":\"x\\\"y\",\"e\":null}");
}
