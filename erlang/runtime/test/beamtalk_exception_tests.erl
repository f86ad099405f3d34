-module(beamtalk_exception_tests).

-include_lib("eunit/include/eunit.hrl").

-define(send(R, S, A), beamtalk_send:send(R, S, A)).

exception_test_() ->
    beamtalk_stand_in:started([
        {"raw errors become exceptions", fun raw/0},
        {"on:do: catches by class", fun on_do/0},
        {"what a handler may do", fun handlers/0},
        {"ensure: and ifCurtailed:", fun unwinding/0},
        {"signals of classes", fun signals/0},
        {"printed forms", fun printed/0}
    ]).

class(Name) -> beamtalk_stand_in:class(Name).

caught(Fun) ->
    beamtalk_exception_handler:on_do(Fun, class('Exception'), fun(E) -> E end).

%% A division that the compiler cannot see through.
divide(A, B) -> A div B.

raw() ->
    ?assertMatch(#{'__class__' := 'bt@stdlib@ZeroDivide', kind := badarith}, caught(fun() -> divide(1, 0) end)),
    ?assertMatch(#{'__class__' := 'bt@stdlib@ZeroDivide'}, caught(fun() -> divide(7, length([])) end)),
    ?assertMatch(#{'__class__' := 'bt@stdlib@TypeError', kind := type_error}, caught(fun() -> divide(1, a) end)),
    ?assertMatch(#{'__class__' := 'bt@stdlib@BEAMError', kind := type_error, selector := binary_to_integer}, caught(fun() -> erlang:binary_to_integer(list_to_binary(["x"])) end)),
    ?assertMatch(#{kind := match_error}, caught(fun() -> case self() of 1 -> ok end end)),
    ?assertMatch(#{kind := key_not_found, message := <<"Key not found: #k">>}, caught(fun() -> maps:get(k, maps:new()) end)),
    ?assertMatch(#{'__class__' := 'bt@stdlib@BEAMError', kind := erlang_error, message := <<"Erlang error: #boom">>}, caught(fun() -> error(boom) end)),
    ?assertMatch(#{'__class__' := 'bt@stdlib@ExitError', details := gone}, caught(fun() -> exit(gone) end)),
    ?assertMatch(#{'__class__' := 'bt@stdlib@ThrowError', details := ball}, caught(fun() -> throw(ball) end)),
    ?assertMatch(#{kind := actor_dead}, caught(fun() -> gen_server:call(nobody, hello) end)),
    ?assertMatch(#{kind := dispatch_error, hint := <<"make the block anew">>}, caught(block_of_code_that_is_gone())),
    ?assertMatch(#{message := <<"Class 'Nowhere' not found">>}, caught(fun() -> 'bt@test@Nowhere':'$send'(a, b, []) end)).

block_of_code_that_is_gone() ->
    Block = version(1),
    version(2),
    true = code:soft_purge(bt_gone),
    fun() -> Block() end.

%% Loads a module of that version and answers its block.
version(N) ->
    Source = io_lib:format("-module(bt_gone). -export([block/0]). block() -> X = self(), fun() -> {X, ~b} end.", [N]),
    {ok, Tokens, _} = erl_scan:string(lists:flatten(Source)),
    {ok, bt_gone, Beam} = compile:forms(forms(Tokens, [])),
    {module, bt_gone} = code:load_binary(bt_gone, "bt_gone", Beam),
    bt_gone:block().

forms([], Forms) -> lists:reverse(Forms);
forms(Tokens, Forms) ->
    {Form, [Dot | Rest]} = lists:splitwith(fun(Token) -> element(1, Token) =/= dot end, Tokens),
    {ok, Parsed} = erl_parse:parse_form(Form ++ [Dot]),
    forms(Rest, [Parsed | Forms]).

on_do() ->
    Division = fun() -> divide(1, 0) end,
    ?assertEqual(42, beamtalk_exception_handler:on_do(Division, class('Error'), fun(_) -> 42 end)),
    ?assertEqual(42, beamtalk_exception_handler:on_do(Division, class('ZeroDivide'), fun() -> 42 end)),
    ?assertEqual(5, beamtalk_exception_handler:on_do(fun() -> 5 end, class('Error'), fun(_) -> 42 end)),
    ?assertError(badarith, beamtalk_exception_handler:on_do(Division, class('TypeError'), fun(_) -> 42 end)),
    Set = #{'__class__' => 'bt@stdlib@ExceptionSet', classes => [class('TypeError'), class('ZeroDivide')]},
    ?assertEqual(either, beamtalk_exception_handler:on_do(Division, Set, fun(_) -> either end)),
    ?assertThrow({'$bt_return', token, 1}, beamtalk_exception_handler:on_do(fun() -> throw({'$bt_return', token, 1}) end, class('Exception'), fun(_) -> 42 end)).

handlers() ->
    Fail = fun() -> beamtalk_object:'error:'(nil, <<"deep">>) end,
    Error = class('Error'),
    ?assertEqual(9, beamtalk_exception_handler:on_do(Fail, Error, fun(E) -> ?send(E, 'return:', [9]), 10 end)),
    Pass = fun() -> beamtalk_exception_handler:on_do(Fail, Error, fun(E) -> ?send(E, pass, []) end) end,
    Passed = beamtalk_exception_handler:on_do(Pass, Error, fun(E) -> E end),
    ?assertMatch(#{message := <<"deep">>, kind := user_error}, Passed),
    Outer = fun(E1) -> beamtalk_exception_handler:on_do(Fail, Error, fun(_) -> ?send(E1, 'return:', [outer]) end), inner end,
    ?assertEqual(outer, beamtalk_exception_handler:on_do(Fail, Error, Outer)),
    Tries = counters:new(1, []),
    Third = fun() ->
        counters:add(Tries, 1, 1),
        counters:get(Tries, 1) =:= 3 orelse Fail(),
        counters:get(Tries, 1)
    end,
    ?assertEqual(3, beamtalk_exception_handler:on_do(Third, Error, fun(E) -> ?send(E, retry, []) end)),
    ?assertMatch(#{kind := unsupported}, caught(fun() -> ?send(?send(Error, new, []), retry, []) end)).

unwinding() ->
    Test = self(),
    ?assertEqual(1, beamtalk_exception_handler:ensure(fun() -> 1 end, fun() -> Test ! ensured, 2 end)),
    receive ensured -> ok after 0 -> error(not_ensured) end,
    ?assertError(x, beamtalk_exception_handler:if_curtailed(fun() -> error(x) end, fun() -> Test ! curtailed end)),
    receive curtailed -> ok after 0 -> error(not_curtailed) end,
    ?assertEqual(1, beamtalk_exception_handler:if_curtailed(fun() -> 1 end, fun() -> Test ! curtailed end)),
    receive curtailed -> error(curtailed) after 0 -> ok end.

signals() ->
    Class = class('ValidationError'),
    ?assertMatch(#{kind := signal, message := <<"bad">>}, caught(fun() -> ?send(Class, 'signal:', [<<"bad">>]) end)),
    With = ?send(Class, 'new:', [#{code => 7}]),
    ?assertMatch(#{code := 7, message := <<"m">>}, caught(fun() -> ?send(With, 'signal:', [<<"m">>]) end)),
    ?assertEqual(7, ?send(caught(fun() -> ?send(With, signal, []) end), code, [])),
    ?assertMatch(#{kind := instantiation_error}, caught(fun() -> ?send(Class, 'new:', [#{colour => 1}]) end)).

printed() ->
    Exception = caught(fun() -> ?send(class('ValidationError'), 'signal:', [<<"bad input">>]) end),
    ?assertEqual(<<"ValidationError: bad input">>, ?send(Exception, printString, [])),
    ?assertEqual(<<"bad input">>, ?send(Exception, displayString, [])),
    Type = caught(fun() -> beamtalk_exception:type_error('Workspace', 'load:', <<"a String path">>, 42) end),
    ?assertMatch(#{message := <<"Workspace>>load: expects a String path, got Integer">>, '__class__' := 'bt@stdlib@TypeError'}, Type).
