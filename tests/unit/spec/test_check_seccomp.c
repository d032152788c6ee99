// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"

#define SECCOMP "{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{'seccomp':{"

/* SC-02..SC-04, SC-07, SC-09, SC-10 */
TEST(seccomp_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "NOTIFY','listenerPath':'/l'",
		  "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be the default" },
		{ "ALLOW','defaultErrnoRet':1",
		  "linux.seccomp.defaultErrnoRet: is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE only" },
		{ "ALLOW','architectures':['SCMP_ARCH_X86_64','x86']",
		  "linux.seccomp.architectures[1]: \"x86\" is not known" },
		{ "ALLOW','architectures':['SCMP_ARCH_X86_65']",
		  "linux.seccomp.architectures[0]: \"SCMP_ARCH_X86_65\" is not known" },
		{ "ALLOW','architectures':['SCMP_ARCH_']",
		  "linux.seccomp.architectures[0]: \"SCMP_ARCH_\" is not known" },
		{ "ALLOW','listenerMetadata':'m'",
		  "linux.seccomp.listenerMetadata: needs a listenerPath" },
		{ "ALLOW','syscalls':[{'names':[],'action':'SCMP_ACT_LOG'}]",
		  "linux.seccomp.syscalls[0].names: is empty" },
		{ "ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_LOG'},"
		  "{'names':['a'],'action':'SCMP_ACT_KILL','errnoRet':0}]",
		  "linux.seccomp.syscalls[1].errnoRet: is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE "
		  "only" },
	};
	static const char *const good[] = {
		"ALLOW'",
		"ALLOW','architectures':[],'flags':[],'syscalls':[]",
		"TRACE','defaultErrnoRet':7",
		"ERRNO','defaultErrnoRet':0,'listenerPath':'/l','listenerMetadata':'m'",
		"LOG','syscalls':[{'names':['no_such_call'],'action':'SCMP_ACT_LOG','args':[]}]",
		/* An annotation can name the listener too. */
		"ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_NOTIFY'}]",
	};
	static const char before[] = SECCOMP "'defaultAction':'SCMP_ACT_";

	config_check_broken(before, rows, countof(rows), "}}}");
	config_check_good(before, good, countof(good), "}}}");
}
