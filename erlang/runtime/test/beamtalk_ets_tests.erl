%% @doc Tables: what they answer, what they refuse, and with whose processes they go.
-module(beamtalk_ets_tests).

-include_lib("eunit/include/eunit.hrl").

ets_test_() ->
    beamtalk_stand_in:started([
        fun entries/0,
        fun types/0,
        fun names/0,
        fun deleted/0,
        fun outlives_its_maker/0,
        fun goes_with_its_group/0,
        fun tables_of_the_library_stay/0
    ]).

table(Name, Type) -> beamtalk_ets:'class new:type:'(nil, Name, Type).

kind(Fun) ->
    try Fun() of Value -> {answered, Value}
    catch Class:Reason:Stack -> beamtalk_exception:kind(beamtalk_exception:from(Class, Reason, Stack))
    end.

entries() ->
    Table = table(eunit_entries, set),
    ?assertEqual(Table, beamtalk_ets:'at:put:'(Table, a, 1)),
    beamtalk_ets:'at:put:'(Table, b, 2),
    ?assertEqual(1, beamtalk_ets:'at:ifAbsent:'(Table, a, fun() -> none end)),
    ?assertEqual(none, beamtalk_ets:'at:ifAbsent:'(Table, c, fun() -> none end)),
    ?assertEqual({[a, b], 2}, {beamtalk_ets:keys(Table), beamtalk_ets:size(Table)}),
    beamtalk_ets:'removeKey:'(Table, a),
    ?assertEqual([false, true], [beamtalk_ets:'includesKey:'(Table, K) || K <- [a, b]]),
    beamtalk_ets:delete(Table).

types() ->
    Bag = table(eunit_bag, bag),
    [beamtalk_ets:'at:put:'(Bag, a, V) || V <- [1, 2, 2]],
    ?assertEqual([1, 2], beamtalk_ets:'at:ifAbsent:'(Bag, a, fun() -> none end)),
    Twice = table(eunit_twice, duplicateBag),
    [beamtalk_ets:'at:put:'(Twice, a, V) || V <- [1, 2, 2]],
    ?assertEqual([1, 2, 2], beamtalk_ets:'at:ifAbsent:'(Twice, a, fun() -> none end)),
    Ordered = table(eunit_ordered, orderedSet),
    [beamtalk_ets:'at:put:'(Ordered, K, K) || K <- [2, 1.0, 1]],
    ?assertEqual(2, beamtalk_ets:size(Ordered)),
    ?assertEqual(invalid_argument, kind(fun() -> table(eunit_odd, heap) end)),
    [beamtalk_ets:delete(T) || T <- [Bag, Twice, Ordered]].

names() ->
    Table = table(eunit_name, set),
    ?assertEqual(already_exists, kind(fun() -> table(eunit_name, set) end)),
    ?assertEqual(Table, beamtalk_ets:'class named:'(nil, eunit_name)),
    ?assertEqual(Table, beamtalk_ets:'class newOrExisting:type:'(nil, eunit_name, set)),
    beamtalk_ets:delete(Table),
    ?assertEqual(false, beamtalk_ets:'class exists:'(nil, eunit_name)),
    ?assertEqual(not_found, kind(fun() -> beamtalk_ets:'class named:'(nil, eunit_name) end)),
    ?assertEqual(type_error, kind(fun() -> table(<<"text">>, set) end)).

deleted() ->
    Table = table(eunit_deleted, set),
    ?assertEqual(nil, beamtalk_ets:delete(Table)),
    Uses = [fun() -> beamtalk_ets:size(Table) end, fun() -> beamtalk_ets:keys(Table) end,
            fun() -> beamtalk_ets:'at:put:'(Table, a, 1) end, fun() -> beamtalk_ets:delete(Table) end],
    ?assertEqual([not_found], lists:usort([kind(Use) || Use <- Uses])).

%% Runs in a process of its own, which has ended when this answers.
elsewhere(Leader, Fun) ->
    {Pid, Monitor} = spawn_monitor(fun() -> group_leader(Leader, self()), Fun() end),
    receive {'DOWN', Monitor, process, Pid, Reason} -> Reason end.

outlives_its_maker() ->
    ?assertEqual(normal, elsewhere(group_leader(), fun() -> table(eunit_kept, set) end)),
    ?assertEqual(true, beamtalk_ets:'class exists:'(nil, eunit_kept)),
    beamtalk_ets:delete(beamtalk_ets:'class named:'(nil, eunit_kept)).

goes_with_its_group() ->
    Leader = spawn(fun() -> receive stop -> ok end end),
    elsewhere(Leader, fun() ->
        table(eunit_own, set),
        beamtalk_ets:'class newOrExisting:type:'(nil, eunit_own_too, set),
        beamtalk_ets:delete(table(eunit_again, set))
    end),
    Others = table(eunit_others, set),
    Again = table(eunit_again, set),
    ok = beamtalk_table_owner:delete_of(Leader),
    exit(Leader, kill),
    ?assertEqual([false, false, true, true],
                 [beamtalk_ets:'class exists:'(nil, N) || N <- [eunit_own, eunit_own_too, eunit_others, eunit_again]]),
    [beamtalk_ets:delete(T) || T <- [Others, Again]].

tables_of_the_library_stay() ->
    eunit_library = beamtalk_table_owner:table(eunit_library, set),
    ok = beamtalk_table_owner:delete_of(group_leader()),
    ?assertNotEqual(undefined, ets:whereis(eunit_library)),
    ets:delete(eunit_library).
