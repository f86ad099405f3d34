%% @doc Tests of what nodes tell one another of their logs of changes.
-module(beamtalk_workspace_shared_tests).

-include_lib("eunit/include/eunit.hrl").

-define(SHARED, beamtalk_workspace_shared).
-define(TEXT, <<"/here/src/A.bt">>).

in_force_are_the_same_where_it_was_told_test() ->
    First = [entry(1, <<"l1">>, one), entry(2, <<"l2">>, two)],
    Told = ?SHARED:told([?TEXT], First, <<"/here">>),
    {New, [], [?TEXT], []} = merged(Told, []),
    ?assertEqual([one, two], selectors(New)),
    ?assertEqual([false], lists:usort([is_map_key(Key, Each) || Each <- New, Key <- [seq, status, prior]])),
    Second = numbered(New),
    ?assertMatch({[], [], [?TEXT], []}, merged(Told, Second)).

entries_of_other_texts_are_not_told_test() ->
    Other = (entry(1, <<"l1">>, one))#{path := <<"/here/src/B.bt">>},
    ?assertMatch(#{entries := []}, ?SHARED:told([?TEXT], [Other], <<"/here">>)).

what_ended_ends_in_the_same_way_test() ->
    First = [(entry(1, <<"l1">>, one))#{status := reverted}, (entry(2, <<"l2">>, two))#{status := flushed}],
    Second = [entry(7, <<"l1">>, one), entry(8, <<"l2">>, two), entry(9, <<"mine">>, three)],
    Told = ?SHARED:told([?TEXT], First, <<"/here">>),
    ?assertEqual({[], [{7, reverted}, {8, flushed}, {9, replaced}], [?TEXT], []}, merged(Told, Second)),
    %% The files of another folder do not have what was written here.
    {_, Marks, _, _} = ?SHARED:merged(Told#{is_other => true}, now, Second),
    ?assertEqual([{7, reverted}, {9, replaced}], Marks).

what_ended_here_and_is_in_force_there_is_in_force_again_test() ->
    Told = ?SHARED:told([?TEXT], [entry(1, <<"l1">>, one)], <<"/here">>),
    [?assertMatch({[#{selector := one}], [], _, []}, merged(Told, [(entry(3, <<"l1">>, one))#{status := Status}]))
     || Status <- [reverted, replaced, expired, orphan]],
    ?assertMatch({[], [], _, []}, merged(Told, [(entry(3, <<"l1">>, one))#{status := flushed}])).

a_text_that_was_loaded_later_is_left_test() ->
    ok = beamtalk_workspace_loads:new(),
    Registry = case whereis(beamtalk_registry) of
        undefined -> {ok, Pid} = beamtalk_registry:start_link(), Pid;
        _ -> none
    end,
    try
        Told = ?SHARED:told([?TEXT], [(entry(1, <<"l1">>, one))#{class := 'Object'}], <<"/here">>),
        {ok, Module} = beamtalk_registry:lookup('Object'),
        ok = beamtalk_workspace_loads:loaded(<<"later">>, 500, [Module]),
        ?assertEqual({[], [], [], []}, ?SHARED:merged(Told, 499, [entry(3, <<"mine">>, three)])),
        ?assertMatch({[_], [], [?TEXT], [?TEXT]},
                     ?SHARED:merged(Told, 500, [(entry(3, <<"mine">>, three))#{class := 'Object'}]))
    after
        ets:delete(beamtalk_workspace_loads),
        Registry =:= none orelse begin unlink(Registry), exit(Registry, kill) end
    end.

what_both_changed_apart_stays_where_it_is_in_other_places_test() ->
    Own = [entry(3, <<"mine">>, one), entry(4, <<"mine">>, three), (entry(5, <<"mine">>, one))#{side := class}],
    Told = ?SHARED:told([?TEXT], [entry(1, <<"l1">>, one), entry(2, <<"l2">>, two)], <<"/here">>),
    ?assertMatch({[_, _], [{3, replaced}], [?TEXT], [?TEXT]}, ?SHARED:merged(Told, 100, Own)),
    Class = (entry(6, <<"l3">>, nil))#{kind := classDefinition, side := nil},
    Whole = ?SHARED:told([?TEXT], [Class], <<"/here">>),
    ?assertMatch({[_], [{3, replaced}, {4, replaced}, {5, replaced}], [?TEXT], []}, ?SHARED:merged(Whole, 100, Own)).

loads_that_know_of_one_another_are_not_apart_test() ->
    ok = beamtalk_workspace_loads:new(),
    try
        ok = beamtalk_workspace_loads:loaded(<<"one">>, 100, [one, two]),
        Bases = beamtalk_workspace_loads:bases([one, three]),
        ?assertEqual(#{one => 100}, Bases),
        ?assertNot(beamtalk_workspace_loads:is_apart([one, three], Bases)),
        ?assert(beamtalk_workspace_loads:is_apart([two], Bases)),
        ok = beamtalk_workspace_loads:loaded(<<"two">>, 200, [one]),
        ?assert(beamtalk_workspace_loads:is_apart([one], Bases))
    after
        ets:delete(beamtalk_workspace_loads)
    end.

paths_are_those_of_the_nodes_own_project_test() ->
    Folder = filename:join(os:getenv("TMPDIR", "/tmp"), "beamtalk-shared-" ++ os:getpid()),
    File = filename:join([Folder, "src", "A.bt"]),
    Root = unicode:characters_to_binary(Folder),
    Own = unicode:characters_to_binary(File),
    Typed = <<"typed:A">>,
    Elsewhere = [(entry(1, <<"l1">>, one))#{path := Path} || Path <- [?TEXT, <<"/here/src/B.bt">>, Typed]],
    ok = filelib:ensure_dir(File),
    ok = file:write_file(File, ""),
    try
        Told = ?SHARED:told([?TEXT, <<"/here/src/B.bt">>, Typed], Elsewhere, <<"/here">>),
        #{paths := Paths, entries := Entries} = ?SHARED:here(Told, Root),
        ?assertEqual([Own, Typed], lists:sort(Paths)),
        ?assertEqual([Own, Typed], [Path || #{path := Path} <- Entries]),
        %% A node without a project has the files of who told it.
        ?assertEqual(lists:sort(maps:get(paths, Told)), lists:sort(maps:get(paths, ?SHARED:here(Told#{root := none}, none)))),
        Seen = ?SHARED:seen_from({<<"/here">>, [?TEXT]}, Root, [(entry(1, <<"l1">>, one))#{path := Own}, entry(2, <<"l2">>, two)]),
        ?assertMatch([#{path := ?TEXT, selector := one}, #{selector := two}], Seen)
    after
        file:del_dir_r(Folder)
    end.

only_what_a_node_never_had_is_unknown_test() ->
    Reverted = (entry(1, <<"l1">>, one))#{status := reverted},
    ?assertEqual([two], selectors(?SHARED:unknown([entry(4, <<"l1">>, one), entry(5, <<"l2">>, two)], [Reverted]))).

what_a_load_logged_is_seen_test() ->
    Trial = (entry(2, <<"l2">>, two))#{intent := ephemeral},
    Told = ?SHARED:told([?TEXT], [entry(1, <<"l1">>, one), Trial], <<"/here">>),
    ?assertEqual([true, true, false], [?SHARED:of_load(Id, Told) =/= [] || Id <- [<<"l1">>, <<"l2">>, <<"l3">>]]),
    ?assertEqual([false, true, false], [?SHARED:are_trials(?SHARED:of_load(Id, Told)) || Id <- [<<"l1">>, <<"l2">>, <<"l3">>]]).

merged(Told, Own) ->
    ?SHARED:merged(?SHARED:here(Told, <<"/here">>), now, Own).

selectors(Entries) -> [Selector || #{selector := Selector} <- Entries].

numbered(Entries) ->
    [Entry#{seq => Seq, status => active, prior => false} || {Seq, Entry} <- lists:zip(lists:seq(1, length(Entries)), Entries)].

entry(Seq, Load, Selector) ->
    #{seq => Seq, load => Load, time => 100, status => active, prior => false, class => 'NoSuchClass', selector => Selector,
      side => instance, kind => method, intent => durable, before => nil, 'after' => <<"x => 1">>, path => ?TEXT,
      file => <<"src/A.bt">>, author_kind => human, author => <<"me">>}.
