%% @doc Tests of the journal: whatever of a write reached the disk, what was there before is read.
-module(beamtalk_workspace_journal_tests).

-include_lib("eunit/include/eunit.hrl").

-define(TERMS, [one, #{two => <<"text">>}, [3, {4, 5.0}]]).

every_prefix_is_readable_test() ->
    in_file(fun(File) ->
        ?assertEqual({ok, []}, beamtalk_workspace_journal:open(File)),
        [ok = beamtalk_workspace_journal:append(File, Term) || Term <- ?TERMS],
        {ok, Bytes} = file:read_file(File),
        _ = [prefix(File, binary:part(Bytes, 0, Size)) || Size <- lists:seq(0, byte_size(Bytes))],
        ok
    end).

%% Whole records of the prefix are there, and the journal goes on after them.
prefix(File, Bytes) ->
    ok = file:write_file(File, Bytes),
    {ok, Terms} = beamtalk_workspace_journal:open(File),
    ?assertEqual(lists:sublist(?TERMS, length(Terms)), Terms),
    ok = beamtalk_workspace_journal:append(File, more),
    ?assertEqual({ok, Terms ++ [more]}, beamtalk_workspace_journal:open(File)).

a_damaged_record_ends_the_journal_test() ->
    in_file(fun(File) ->
        [ok = beamtalk_workspace_journal:append(File, Term) || Term <- ?TERMS],
        {ok, Bytes} = file:read_file(File),
        Last = byte_size(Bytes) - 1,
        <<Whole:Last/binary, Byte>> = Bytes,
        ok = file:write_file(File, <<Whole/binary, (Byte bxor 1)>>),
        ?assertEqual({ok, lists:droplast(?TERMS)}, beamtalk_workspace_journal:open(File))
    end).

a_rewrite_replaces_all_or_nothing_test() ->
    in_file(fun(File) ->
        ok = beamtalk_workspace_journal:append(File, old),
        ok = beamtalk_workspace_journal:rewrite(File, [new, newer]),
        ?assertEqual({ok, [new, newer]}, beamtalk_workspace_journal:open(File)),
        ok = file:make_symlink("/dev/full", File ++ ".new"),
        ?assertEqual({error, enospc}, beamtalk_workspace_journal:rewrite(File, [newest])),
        ?assertEqual({ok, [new, newer]}, beamtalk_workspace_journal:open(File))
    end).

a_full_disk_is_an_error_and_leaves_what_was_test() ->
    ?assertEqual({error, enospc}, beamtalk_workspace_journal:append("/dev/full", term)).

in_file(Test) ->
    Folder = string:trim(os:cmd("mktemp -d")),
    try Test(filename:join(Folder, "journal"))
    after file:del_dir_r(Folder)
    end.
