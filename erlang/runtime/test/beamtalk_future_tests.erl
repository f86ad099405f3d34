-module(beamtalk_future_tests).

-include_lib("eunit/include/eunit.hrl").

-export([log/2]).

-define(send(R, S, A), beamtalk_send:send(R, S, A)).

future_test_() ->
    beamtalk_stand_in:started([
        {"requests run side by side", fun requests/0},
        {"a request's result is remembered", fun remembered/0},
        {"future objects", fun objects/0},
        {"order of sends is kept", fun order/0},
        {"errors", fun errors/0},
        {"callbacks and what is built on them", fun callbacks/0},
        {"all: and any:", fun together/0},
        {"cancel", fun cancel/0},
        {"plain receivers", fun plain/0},
        {"a proxy's limit holds for its requests", fun limits/0},
        {"an error that nobody waited for is logged with its place", fun unawaited/0},
        {"pipes", fun pipes/0}
    ]).

kind(Fun) ->
    try Fun() of
        Value -> {answered, Value}
    catch
        error:#{kind := Kind} -> Kind
    end.

requests() ->
    [A, B] = [beamtalk_stand_in:spawn('Counter') || _ <- [1, 2]],
    {Time, _} = timer:tc(fun() ->
        F = beamtalk_send:start(A, 'slow:', [60], nil),
        G = beamtalk_send:start(B, 'slow:', [60], nil),
        beamtalk_future:value(F) + beamtalk_future:value(G)
    end),
    ?assert(Time < 110000).

remembered() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    F = beamtalk_send:start(Counter, increment, [], nil),
    ?assertEqual(1, beamtalk_future:value(F)),
    ?assertEqual(1, beamtalk_future:await(F)),
    ok = beamtalk_future:forget_collected(),
    ?assertEqual(undefined, get('$bt_requests')).

objects() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    F = beamtalk_send:future(Counter, 'slow:', [30], nil),
    ?assertEqual(true, ?send(F, isPending, [])),
    ?assertEqual(timeout, kind(fun() -> ?send(F, 'await:', [1]) end)),
    ?assertEqual(1, ?send(F, await, [])),
    ?assertEqual(1, ?send(F, await, [])),
    Test = self(),
    spawn(fun() -> Test ! {there, ?send(F, await, [])} end),
    ?assertEqual(1, receive {there, Value} -> Value after 1000 -> late end),
    ?assertEqual(true, ?send(F, isResolved, [])).

order() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    Futures = [beamtalk_send:as_future(Counter, increment, [], nil) || _ <- lists:seq(1, 20)],
    ?assertEqual(20, ?send(Counter, value, [])),
    ?assertEqual(lists:seq(1, 20), [beamtalk_future:value(F) || F <- Futures]).

errors() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    ?assertEqual(user_error, kind(fun() -> beamtalk_future:value(beamtalk_send:start(Counter, 'addThenFail:', [1], nil)) end)),
    F = beamtalk_send:future(Counter, 'addThenFail:', [1], nil),
    ?assertEqual(user_error, kind(fun() -> beamtalk_future:value(F) end)),
    ?assertEqual(true, ?send(F, isRejected, [])),
    ?send(Counter, stop, []),
    ?assertEqual(actor_dead, kind(fun() -> beamtalk_future:value(beamtalk_send:start(Counter, value, [], nil)) end)),
    ?assertEqual(actor_dead, kind(fun() -> beamtalk_future:value(beamtalk_send:future(Counter, value, [], nil)) end)).

callbacks() ->
    Test = self(),
    F = beamtalk_send:future(beamtalk_stand_in:spawn('Counter'), 'slow:', [10], nil),
    F = ?send(F, 'whenResolved:', [fun(V) -> Test ! {resolved, V} end]),
    ?assertEqual(1, receive {resolved, Value} -> Value after 1000 -> late end),
    R = ?send(beamtalk_stand_in:class('Future'), 'rejected:', [no]),
    ?send(R, 'whenRejected:', [fun(E) -> Test ! {rejected, E} end]),
    ?assertEqual(no, receive {rejected, E} -> E after 1000 -> late end),
    ?assertEqual(10, ?send(?send(F, 'map:', [fun(V) -> V * 10 end]), await, [])),
    ?assertEqual(2, ?send(?send(F, 'then:', [fun(V) -> beamtalk_future:resolved(V + 1) end]), await, [])),
    ?assertEqual(user_error, kind(fun() -> ?send(?send(R, 'map:', [fun(V) -> V end]), await, []) end)).

together() ->
    Class = beamtalk_stand_in:class('Future'),
    Slow = ?send(Class, 'on:', [fun() -> timer:sleep(200), slow end]),
    ?assertEqual([1, 2], ?send(?send(Class, 'all:', [[beamtalk_future:resolved(1), 2]]), await, [])),
    ?assertEqual(1, ?send(?send(Class, 'any:', [[Slow, beamtalk_future:rejected(x, nil), beamtalk_future:resolved(1)]]), await, [])),
    ?assertEqual(user_error, kind(fun() -> ?send(?send(Class, 'any:', [[beamtalk_future:rejected(x, nil)]]), await, []) end)),
    ?assertEqual(type_error, kind(fun() -> ?send(Class, 'all:', [3]) end)).

cancel() ->
    Class = beamtalk_stand_in:class('Future'),
    F = ?send(Class, 'on:', [fun() -> timer:sleep(infinity) end]),
    ?assertEqual(true, ?send(F, cancel, [])),
    ?assertEqual(cancelled, kind(fun() -> ?send(F, await, []) end)),
    ?assertEqual(false, ?send(F, cancel, [])).

plain() ->
    ?assertEqual(3, beamtalk_send:start(1, '+', [2], nil)),
    ?assertEqual(3, beamtalk_future:value(beamtalk_send:as_future(1, '+', [2], nil))),
    ?assertEqual(does_not_understand, kind(fun() -> beamtalk_future:value(beamtalk_send:as_future(1, foo, [], nil)) end)).

limits() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    Proxy = ?send(Counter, 'withTimeout:', [20]),
    F = beamtalk_send:start(Proxy, 'slow:', [80], nil),
    ?assertEqual(timeout, kind(fun() -> beamtalk_future:value(F) end)),
    ?assertEqual(1, beamtalk_future:'await:'(F, 1000)).

unawaited() ->
    Test = self(),
    #{level := Level} = logger:get_primary_config(),
    logger:set_primary_config(level, error),
    ok = logger:add_handler(unawaited, ?MODULE, #{config => Test}),
    [A, B] = [beamtalk_stand_in:spawn('Counter') || _ <- [1, 2]],
    beamtalk_send:send(A, 'startOn:', [B]),
    Text = receive {logged, Line} -> Line after 2000 -> "nothing" end,
    ok = logger:remove_handler(unawaited),
    logger:set_primary_config(level, Level),
    ?assertNotEqual(nomatch, string:find(Text, "broken")),
    ?assertNotEqual(nomatch, string:find(Text, "Counter>>startOn:, line 7")).

%% A logger handler.
log(#{msg := {Format, Args}}, #{config := Test}) ->
    Test ! {logged, lists:flatten(io_lib:format(Format, Args))};
log(_, _) ->
    ok.

pipes() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    Twice = {Counter, double, []},
    ?assertEqual(20, beamtalk_future:value(beamtalk_pipe:run(5, [Twice, Twice], nil))),
    ?assertEqual(13, beamtalk_future:value(beamtalk_pipe:run(5, [Twice, {Counter, 'add:', [3]}], nil))),
    Failing = beamtalk_pipe:run(5, [{Counter, addThenFail, []}, Twice], nil),
    ?assertEqual(user_error, kind(fun() -> beamtalk_future:value(Failing) end)).
