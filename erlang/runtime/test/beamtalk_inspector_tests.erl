%% @doc The inspector: parts of every kind of object, ways into them and back, and pages.
-module(beamtalk_inspector_tests).

-include_lib("eunit/include/eunit.hrl").

inspector_test_() ->
    beamtalk_stand_in:started([
        fun kinds/0,
        fun elements/0,
        fun ways/0,
        fun actors/0,
        fun a_dead_actor_has_no_parts/0,
        fun pages/0,
        fun evaluation_needs_a_workspace/0
    ]).

on(Subject) -> beamtalk_inspector:'class on:'(nil, Subject).

parts(Inspector) -> [{N, V} || #{name := N, value := V} <- beamtalk_inspector:fields(Inspector)].

at(Inspector, Name) ->
    #{isOk := true, okValue := Inner} = beamtalk_inspector:'at:'(Inspector, Name),
    Inner.

kinds() ->
    Expected = [{3, primitive}, {nil, primitive}, {<<"a">>, primitive}, {[1], collection}, {{1, 2}, collection},
                {#{a => 1}, dictionary}, {beamtalk_stand_in:class('Counter'), class}, {self(), primitive}],
    [?assertEqual({Subject, Kind}, {Subject, beamtalk_inspector:kind(on(Subject))}) || {Subject, Kind} <- Expected].

elements() ->
    ?assertEqual([{1, a}, {2, b}], parts(on([a, b]))),
    ?assertEqual([{1, a}, {2, b}], parts(on({a, b}))),
    ?assertEqual([{1, x}, {b, y}], parts(on(#{b => y, 1 => x}))),
    ?assertEqual([], parts(on(3))).

ways() ->
    Root = on(#{list => [10, {20, 30}]}),
    Inner = at(at(at(Root, list), 2), 1),
    ?assertEqual(20, beamtalk_inspector:subject(Inner)),
    ?assertEqual([list, 2, 1], beamtalk_inspector:path(Inner)),
    ?assertEqual({20, 30}, beamtalk_inspector:subject(beamtalk_inspector:parent(Inner))),
    ?assertEqual(nil, beamtalk_inspector:parent(Root)),
    #{isOk := false, errReason := Exception} = beamtalk_inspector:'at:'(Root, none),
    ?assertEqual(not_found, beamtalk_exception:kind(Exception)).

%% The parts are those of the moment; a cursor inside follows when it is asked to.
actors() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    Root = on(Counter),
    Value = at(Root, value),
    Before = beamtalk_inspector:subject(Value),
    beamtalk_send:send(Counter, increment, []),
    ?assertEqual(Before + 1, proplists:get_value(value, parts(Root))),
    ?assertEqual(Before, beamtalk_inspector:subject(Value)),
    ?assertEqual(Before + 1, beamtalk_inspector:subject(beamtalk_inspector:refresh(Value))).

a_dead_actor_has_no_parts() ->
    {'$actor', _, Pid} = Counter = beamtalk_stand_in:spawn('Counter'),
    exit(Pid, kill),
    ?assertEqual({actor, []}, {beamtalk_inspector:kind(on(Counter)), parts(on(Counter))}).

pages() ->
    Long = on(lists:seq(1, 250)),
    ?assertEqual({250, 100}, {beamtalk_inspector:size(Long), length(parts(Long))}),
    #{isOk := true, okValue := Third} = beamtalk_inspector:'page:'(Long, 3),
    ?assertEqual([{N, N} || N <- lists:seq(201, 250)], parts(Third)),
    #{isOk := false, errReason := Exception} = beamtalk_inspector:'page:'(Long, 4),
    ?assertEqual(index_out_of_bounds, beamtalk_exception:kind(Exception)),
    ?assertError(#{kind := _}, beamtalk_inspector:'page:'(Long, 0)).

evaluation_needs_a_workspace() ->
    case code:which(beamtalk_workspace_inspection) of
        non_existing ->
            #{isOk := false, errReason := Exception} = beamtalk_inspector:'evaluate:'(on(3), <<"self">>),
            ?assertEqual(unsupported, beamtalk_exception:kind(Exception));
        _ ->
            ?assertError(#{kind := type_error}, beamtalk_inspector:'evaluate:'(on(3), 42))
    end.
