-module(beamtalk_actor_tests).

-include_lib("eunit/include/eunit.hrl").

-define(send(R, S, A), beamtalk_send:send(R, S, A)).
-define(kind(Expression), kind(fun() -> Expression end)).

kind(Fun) ->
    try Fun() of
        Value -> {answered, Value}
    catch
        error:#{kind := Kind} -> Kind
    end.

actor_test_() ->
    beamtalk_stand_in:started([
        {"messages change the state", fun messages/0},
        {"a message that raises leaves the state of before", fun failure/0},
        {"initialize runs from the parent down", fun initialise/0},
        {"errors of starting", fun bad_start/0},
        {"any Erlang process may use the protocol", fun protocol/0},
        {"the reference answers what needs no state", fun reference/0},
        {"a call back into the chain is a deadlock", fun deadlock/0},
        {"life and death", fun life/0},
        {"names", fun names/0},
        {"casts", fun casts/0},
        {"limits", fun limits/0},
        {"servers get raw messages", fun server/0},
        {"states can be replaced between messages", fun migration/0},
        {"supervised by Erlang", fun supervised/0}
    ]).

messages() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    ?assertEqual(1, ?send(Counter, increment, [])),
    ?assertEqual(3, ?send(Counter, twice, [])),
    ?assertEqual(Counter, ?send(Counter, me, [])),
    ?assertEqual(7, ?send(?send(beamtalk_stand_in:class('Counter'), 'spawnWith:', [#{value => 7}]), value, [])).

failure() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    Exception = try ?send(Counter, 'addThenFail:', [9]) catch error:E:S -> beamtalk_exception:from(error, E, S) end,
    ?assertMatch(#{kind := user_error, message := <<"broken">>, receiver_class := 'Counter'}, Exception),
    ?assertEqual(0, ?send(Counter, value, [])),
    [Top | _] = beamtalk_exception:stackTrace(Exception),
    ?assertMatch(#{receiverClass := <<"Counter">>, method := 'addThenFail:', file := <<"Counter.bt">>}, Top),
    ?assertEqual(does_not_understand, ?kind(?send(Counter, nonsense, []))).

initialise() ->
    ?assertEqual([parent, child], ?send(beamtalk_stand_in:spawn('Child'), log, [])).

bad_start() ->
    Class = beamtalk_stand_in:class('Counter'),
    ?assertEqual(instantiation_error, ?kind(beamtalk_stand_in:spawn('Broken'))),
    ?assertEqual(instantiation_error, ?kind(?send(Class, 'spawnWith:', [#{valeu => 1}]))),
    ?assertEqual(instantiation_error, ?kind(?send(Class, new, []))),
    ?assertError(#{'__class__' := 'bt@stdlib@UninitializedStateError'}, beamtalk_stand_in:spawn('Unset')),
    ?assertEqual(type_error, ?kind(?send(Class, 'spawnWith:', [3]))).

protocol() ->
    {'$actor', _, Pid} = beamtalk_stand_in:spawn('Counter'),
    ?assertEqual({ok, 1}, gen_server:call(Pid, {'$bt', increment, [], []})),
    ?assertEqual(2, gen_server:call(Pid, {increment, []})),
    ?assertExit({{#{kind := user_error}, _}, _}, gen_server:call(Pid, {'addThenFail:', [5]})),
    ?assertEqual(2, gen_server:call(Pid, {value, []})),
    ?assertEqual(#{'__class__' => 'bt@test@Counter', value => 2}, sys:get_state(Pid)),
    ?assertEqual({'bt@test@Counter', init, 1}, proc_lib:translate_initial_call(Pid)),
    ?assert(lists:member({Pid, 'bt@test@Counter'}, beamtalk_actor:living())).

reference() ->
    {'$actor', _, Pid} = Counter = beamtalk_stand_in:spawn('Counter'),
    sys:suspend(Pid),
    ?assertEqual(Pid, ?send(Counter, pid, [])),
    ?assertEqual(beamtalk_stand_in:class('Counter'), ?send(Counter, class, [])),
    ?assertMatch(<<"#Actor<Counter,0.", _/binary>>, ?send(Counter, printString, [])),
    ?assertEqual(true, ?send(Counter, isAlive, [])),
    sys:resume(Pid).

deadlock() ->
    [A, B] = [beamtalk_stand_in:spawn('Counter') || _ <- [1, 2]],
    ?assertEqual(deadlock_detected, ?kind(?send(A, 'call:', [B]))),
    ?assertEqual(deadlock_detected, ?kind(?send(A, 'requestOf:', [B]))),
    ?assertEqual(0, ?send(A, value, [])).

life() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    Test = self(),
    ok = ?send(Counter, 'onExit:', [fun(Reason) -> Test ! {ended, Reason} end]),
    ok = ?send(Counter, stop, []),
    ?assertEqual(false, ?send(Counter, isAlive, [])),
    ?assertEqual(actor_dead, ?kind(?send(Counter, value, []))),
    ?assertEqual(normal, receive {ended, Reason} -> Reason after 1000 -> late end),
    ok = ?send(Counter, stop, []),
    Other = beamtalk_stand_in:spawn('Counter'),
    ?assertEqual(ok, ?send(Other, stopNow, [])),
    ?assertEqual(actor_dead, ?kind(?send(Other, value, []))),
    Killed = beamtalk_stand_in:spawn('Counter'),
    ok = ?send(Killed, kill, []),
    ?assertEqual(false, ?send(Killed, isAlive, [])).

names() ->
    Class = beamtalk_stand_in:class('Counter'),
    #{isOk := true, okValue := Named} = ?send(Class, 'spawnAs:', [theCounter]),
    ?assertEqual(1, ?send(Named, increment, [])),
    ?assertMatch(#{errReason := #{kind := name_registered}}, ?send(Class, 'spawnAs:', [theCounter])),
    ?assertMatch(#{errReason := #{kind := reserved_name}}, ?send(Class, 'spawnAs:', [kernel_sup])),
    ?assertMatch(#{errReason := #{kind := type_error}}, ?send(Class, 'spawnAs:', [<<"x">>])),
    ?assertMatch(#{errReason := #{kind := name_not_registered}}, ?send(Class, 'named:', [nobody])),
    ?assertMatch(#{errReason := #{kind := wrong_class}}, ?send(beamtalk_stand_in:class('Parent'), 'named:', [theCounter])),
    #{okValue := Found} = ?send(Class, 'named:', [theCounter]),
    ?assertEqual(2, ?send(Found, increment, [])),
    ?assertEqual(theCounter, ?send(Found, registeredName, [])),
    ?assertEqual([Found], ?send(beamtalk_stand_in:class('Actor'), allRegistered, [])),
    ?send(Found, stop, []),
    ?assertEqual(actor_dead, ?kind(?send(Found, value, []))),
    Plain = beamtalk_stand_in:spawn('Counter'),
    #{isOk := true} = ?send(Plain, 'registerAs:', [second]),
    ?assertEqual(true, ?send(Plain, isRegistered, [])),
    ?assertEqual(ok, ?send(Plain, unregister, [])),
    ?assertEqual(false, ?send(Plain, isRegistered, [])).

casts() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    ?assertEqual(nil, beamtalk_send:cast(Counter, increment, [], nil)),
    ?assertEqual(1, ?send(Counter, value, [])).

limits() ->
    Counter = beamtalk_stand_in:spawn('Counter'),
    Proxy = ?send(Counter, 'withTimeout:', [20]),
    ?assertEqual(timeout, ?kind(?send(Proxy, 'slow:', [100]))),
    ?assertEqual(2, ?send(?send(Counter, 'withTimeout:', [infinity]), 'slow:', [10])),
    receive Late -> ?assertEqual(none, Late) after 0 -> ok end.

server() ->
    {'$actor', _, Pid} = Listener = beamtalk_stand_in:spawn('Listener'),
    Pid ! hello,
    ?assertEqual([hello], ?send(Listener, heard, [])).

migration() ->
    {'$actor', _, Pid} = Counter = beamtalk_stand_in:spawn('Counter'),
    ok = beamtalk_actor:migrate(Pid, fun(State) -> State#{value := 41} end),
    ?assertEqual(42, ?send(Counter, increment, [])),
    ?assertMatch({error, #{kind := erlang_error}}, beamtalk_actor:migrate(Pid, fun(_) -> error(no) end)),
    ?assertEqual(42, ?send(Counter, value, [])).

supervised() ->
    {ok, Pid} = beamtalk_actor:start_link('bt@test@Counter', #{value => 3}),
    ?assertEqual(3, gen_server:call(Pid, {value, []})),
    ?assertMatch(#{id := 'Counter', restart := temporary}, beamtalk_actor:child_spec('bt@test@Counter')),
    unlink(Pid),
    exit(Pid, shutdown).
