// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/evidence.h"

#include "lab/report.h"
#include "test.h"

static void check_text(struct evidence *io_evidence, const char *expected)
{
	autotext struct text text = { 0 };

	report_evidence(io_evidence, &text);
	CHECK_STR(text_get(&text), expected);
	evidence_clear(io_evidence);
}

TEST(table_has_its_cells_below_each_other)
{
	struct evidence evidence = { 0 };

	evidence_table(&evidence, "a title", "who|how many|why");
	evidence_row(&evidence, "%s|%d|%s", "parent", 7, "it waits");
	evidence_row(&evidence, "child|%d|", 1234);
	check_text(&evidence, "  a title:\n"
			      "  who     how many  why\n"
			      "  parent         7  it waits\n"
			      "  child       1234\n\n");
}

TEST(table_without_heads_begins_with_its_first_row)
{
	struct evidence evidence = { 0 };

	evidence_table(&evidence, NULL, "|");
	evidence_row(&evidence, "reads|%s", "many");
	check_text(&evidence, "  reads  many\n\n");
}

TEST(missing_cells_are_empty_and_the_last_keeps_what_is_too_much)
{
	struct evidence evidence = { 0 };

	evidence_table(&evidence, NULL, "a|b");
	evidence_row(&evidence, "1");
	evidence_row(&evidence, "1|2|3");
	CHECK_STR(evidence.block[0].item[0].cell[1], "");
	CHECK_STR(evidence.block[0].item[1].cell[1], "2|3");
	evidence_clear(&evidence);
}

TEST(bytes_have_labels_and_what_has_none_is_shown_too)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5 };
	struct evidence evidence = { 0 };

	evidence_bytes(&evidence, NULL, 0x1000, bytes, sizeof(bytes));
	evidence_label(&evidence, 1, 2, "the %s", "middle");
	check_text(&evidence, "  000000001000  01\n"
			      "  000000001001  02 03"
			      "                                             the middle\n"
			      "  000000001003  04 05\n\n");
}

TEST(bytes_of_a_long_label_go_on_in_the_next_line)
{
	uint8_t bytes[17] = { 0 };
	struct evidence evidence = { 0 };

	evidence_bytes(&evidence, NULL, 0, bytes, sizeof(bytes));
	evidence_label(&evidence, 0, 17, "all");
	check_text(&evidence,
		   "  000000000000  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   all\n"
		   "  000000000010  00\n\n");
}

TEST(smallest_bar_is_seen_and_none_is_none)
{
	struct evidence evidence = { 0 };

	evidence_bars(&evidence, "sizes");
	evidence_bar(&evidence, 1000, "large");
	evidence_bar(&evidence, 1, "s%d", 1);
	evidence_bar(&evidence, 0, "none");
	check_text(&evidence, "  sizes:\n"
			      "  large      1000  ########################################\n"
			      "     s1         1  #\n"
			      "   none         0  \n\n");
}

TEST(lines_are_lines)
{
	struct evidence evidence = { 0 };

	evidence_lines(&evidence, NULL);
	evidence_line(&evidence, "pid %d", 5);
	check_text(&evidence, "  pid 5\n\n");
}
