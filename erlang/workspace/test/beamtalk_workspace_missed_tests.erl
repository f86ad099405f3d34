%% @doc Tests of what other nodes missed: kept over restarts, whatever of it reached the disk, and not
%% longer than needed.
-module(beamtalk_workspace_missed_tests).

-include_lib("eunit/include/eunit.hrl").

-define(MISSED, beamtalk_workspace_missed).
-define(B, 'b@host').
-define(C, 'c@host').

kept_over_a_restart_and_forgotten_when_all_have_it_test() ->
    in_folder(fun(Folder) ->
        Both = missed(load(2, [one]), [?B, ?C], missed(load(1, [one, two]), [?B], cluster(Folder))),
        ?assertEqual([1, 2], times(?B, Both)),
        {Again, []} = ?MISSED:open(Folder),
        ?assertEqual([?B, ?C], ?MISSED:members(Again)),
        ?assertEqual(secret, ?MISSED:cookie(?B, Again)),
        ?assertEqual([1, 2], times(?B, Again)),
        ?assertEqual([2], times(?C, Again)),
        OneHas = ?MISSED:had(?B, 2, Again),
        {Some, []} = ?MISSED:open(Folder),
        ?assertEqual({[], [2]}, {times(?B, Some), times(?C, Some)}),
        Full = filelib:file_size(journal(Folder)),
        _ = ?MISSED:had(?C, 1, OneHas),
        ?assert(filelib:file_size(journal(Folder)) < Full - 2000),
        {None, []} = ?MISSED:open(Folder),
        ?assertEqual({[], []}, {times(?B, None), times(?C, None)}),
        ?assertEqual([?B, ?C], ?MISSED:members(None))
    end).

who_is_forgotten_stays_so_with_what_it_missed_test() ->
    in_folder(fun(Folder) ->
        Both = missed(load(1, [one]), [?B, ?C], cluster(Folder)),
        {ok, Begun} = ?MISSED:begun(load(2, [two]), [?B, ?C], Both),
        One = ?MISSED:without(?B, Begun),
        #{id := Id} = Load = load(2, [two]),
        Counted = ?MISSED:counted(Id, Load, [?C], One),
        {Again, []} = ?MISSED:open(Folder),
        [?assertEqual({[?C], [], [1, 2]}, {?MISSED:members(Each), times(?B, Each), times(?C, Each)})
         || Each <- [Counted, Again]]
    end).

a_load_that_was_begun_only_is_left_to_be_settled_test() ->
    in_folder(fun(Folder) ->
        #{id := Id} = Load = load(1, [one]),
        {ok, Begun} = ?MISSED:begun(Load, [?B], cluster(Folder)),
        {Again, [Load]} = ?MISSED:open(Folder),
        ?assertEqual([], times(?B, Again)),
        ?assertEqual([1], times(?B, ?MISSED:counted(Id, Load, [?B], Again))),
        _ = ?MISSED:dropped(Id, Begun),
        {Last, []} = ?MISSED:open(Folder),
        ?assertEqual([], times(?B, Last))
    end).

what_a_full_disk_does_not_take_is_not_begun_test() ->
    in_folder(fun(Folder) ->
        Cluster = cluster(Folder),
        ok = file:delete(journal(Folder)),
        ok = file:make_symlink("/dev/full", journal(Folder)),
        ?assertEqual({error, enospc}, ?MISSED:begun(load(1, [one]), [?B], Cluster))
    end).

every_prefix_is_readable_test() ->
    in_folder(fun(Folder) ->
        _ = missed(load(2, [one]), [?B], missed(load(1, [two]), [?B], cluster(Folder))),
        {ok, Bytes} = file:read_file(journal(Folder)),
        Known = [begin
                     ok = file:write_file(journal(Folder), binary:part(Bytes, 0, Size)),
                     {Read, Begun} = ?MISSED:open(Folder),
                     {times(?B, Read), [Time || #{time := Time} <- Begun]}
                 end || Size <- lists:seq(0, byte_size(Bytes))],
        ?assertEqual([{[], []}, {[], [1]}, {[1], []}, {[1], [2]}, {[1, 2], []}], lists:usort(Known))
    end).

a_damaged_record_ends_what_is_known_test() ->
    in_folder(fun(Folder) ->
        First = missed(load(1, [one]), [?B], cluster(Folder)),
        Whole = filelib:file_size(journal(Folder)),
        _ = missed(load(3, [one]), [?B], missed(load(2, [one]), [?B], First)),
        {ok, <<Head:Whole/binary, Size:32, _:32, Rest/binary>>} = file:read_file(journal(Folder)),
        ok = file:write_file(journal(Folder), [Head, <<Size:32, 0:32>>, Rest]),
        {Read, []} = ?MISSED:open(Folder),
        ?assertEqual([1], times(?B, Read)),
        {Later, []} = begin _ = missed(load(4, [one]), [?B], Read), ?MISSED:open(Folder) end,
        ?assertEqual([1, 4], times(?B, Later))
    end).

trials_end_with_the_node_test() ->
    in_folder(fun(Folder) ->
        _ = missed(load(2, [one]), [?B], missed((load(1, [one]))#{trial => true}, [?B], cluster(Folder))),
        {Read, []} = ?MISSED:open(Folder),
        ?assertEqual([2], times(?B, ?MISSED:restored(Read)))
    end).

loads_that_later_ones_make_superfluous_are_forgotten_test() ->
    Patched = missed(load(2, ['one+patch', one]), [?B], missed(load(1, [one, two]), [?B], cluster(none))),
    Many = lists:foldl(fun(Time, Now) -> missed(load(Time, [one]), [?B], Now) end, Patched, lists:seq(3, 1000)),
    [1, 2 | Rest] = times(?B, Many),
    ?assertEqual(1000, lists:last(Rest)),
    ?assert(length(Rest) < 400).

more_than_can_be_kept_is_named_test() ->
    Loads = [load(Time, [list_to_atom("class_" ++ integer_to_list(Time))]) || Time <- lists:seq(1, 1500)],
    Many = lists:foldl(fun(Load, Now) -> missed(Load, [?B], Now) end, cluster(none), Loads),
    [#{forgotten := [class_1 | _] = Forgotten, time := Time} | Kept] = ?MISSED:of_member(?B, Many),
    ?assertEqual(Time, length(Forgotten)),
    ?assertEqual(lists:seq(Time + 1, 1500), [Each || #{time := Each} <- Kept]).

a_member_that_is_away_for_long_is_none_after_a_restart_test() ->
    in_folder(fun(Folder) ->
        Cluster = cluster(Folder),
        _ = ?MISSED:member(?C, secret, erlang:system_time(millisecond) - 31 * 24 * 60 * 60 * 1000, Cluster),
        {Read, []} = ?MISSED:open(Folder),
        ?assertEqual([?B], ?MISSED:members(Read))
    end).

cluster(Folder) ->
    {Empty, []} = ?MISSED:open(Folder),
    Now = erlang:system_time(millisecond),
    ?MISSED:member(?C, secret, Now, ?MISSED:member(?B, secret, Now, Empty)).

load(Time, Modules) ->
    #{id => integer_to_binary(Time), time => Time,
      modules => [#{module => Module, file => <<"t.bt">>, beam => rand:bytes(1000)} || Module <- Modules]}.

missed(#{id := Id} = Load, Nodes, Missed) ->
    {ok, Begun} = ?MISSED:begun(Load, Nodes, Missed),
    ?MISSED:counted(Id, Load, Nodes, Begun).

times(Node, Missed) ->
    [Time || #{time := Time} <- ?MISSED:of_member(Node, Missed)].

journal(Folder) ->
    filename:join(Folder, "missed").

in_folder(Test) ->
    Folder = string:trim(os:cmd("mktemp -d")),
    try Test(Folder)
    after file:del_dir_r(Folder)
    end.
