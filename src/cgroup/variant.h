// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * variant - a typed value in GLib's text form, as annotations of engines have it; touches nothing
 *
 *	'text'  "text"		a string; \\ \' \" \n \t in it
 *	true  5  0x10  1.5	a boolean, an int32, a double
 *	uint64 5  @t 5		a number of the named type; objectpath '/a', signature 'as' too
 *	['a', 'b']  @as []	an array; an empty one says its type
 *	(1, 'a')  (1,)		a structure
 *	b'bytes'		an array of bytes that ends with 0
 *
 * Left out: dictionaries, variants in variants and maybe types, which no property of a scope has.
 * Source: GLib's documentation, "GVariant Text Format".
 */
#ifndef HUSK_CGROUP_VARIANT_H
#define HUSK_CGROUP_VARIANT_H

#include "base/error.h"
#include "base/text.h"

/**
 * cgroup_variant_parse - one value
 *
 * @io_signature: its D-Bus signature is added. @io_words: its words are added (cgroup/words.h).
 * Returns 0, or -EINVAL: "at 4: ...", counted in bytes from 0.
 */
MUST_USE int cgroup_variant_parse(const char *text, struct text *io_signature,
				  struct text *io_words, struct error *err);

#endif
