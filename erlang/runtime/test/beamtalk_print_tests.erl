-module(beamtalk_print_tests).

-include_lib("eunit/include/eunit.hrl").

print_test_() ->
    beamtalk_stand_in:started([fun forms/0, fun depth/0, fun processes/0, fun display/0]).

forms() ->
    Array = #{'__class__' => 'bt@stdlib@Array', elements => {1, 2}},
    Set = #{'__class__' => 'bt@stdlib@Set', elements => #{2 => true, 1 => true}},
    Expected = [
        {42, <<"42">>},
        {5.0, <<"5.0">>},
        {1.0e22, <<"1.0e22">>},
        {0.1, <<"0.1">>},
        {<<"hi">>, <<"\"hi\"">>},
        {<<"say \"x\"">>, <<"\"say \"\"x\"\"\"">>},
        {<<255, 1>>, <<"<<255, 1>>">>},
        {hi, <<"#hi">>},
        {'at:put:', <<"#at:put:">>},
        {'+', <<"#+">>},
        {'a b', <<"#'a b'">>},
        {nil, <<"nil">>},
        {[1, [2]], <<"#(1, #(2))">>},
        {[1 | 2], <<"#(1 | 2)">>},
        {[], <<"#()">>},
        {Array, <<"#[1, 2]">>},
        {Set, <<"Set(1, 2)">>},
        {{1, ok}, <<"{1, #ok}">>},
        {#{b => 2, a => 1}, <<"#{#a => 1, #b => 2}">>},
        {fun(_) -> 1 end, <<"a Block/1">>},
        {beamtalk_stand_in:class('Counter'), <<"Counter">>},
        {{'$metaclass', 'bt@test@Counter'}, <<"Counter class">>},
        {beamtalk_result:ok(42), <<"Result ok: 42">>},
        {beamtalk_result:error(not_found), <<"Result error: #not_found">>},
        {#{'__class__' => 'bt@test@Point', x => 3, y => <<"a">>}, <<"Point(x: 3, y: \"a\")">>},
        {[#{'__class__' => 'bt@test@Temperature', degrees => 20}], <<"#(20 degrees)">>},
        {#{'__class__' => 'bt@test@Ghost'}, <<"a Ghost">>}
    ],
    [?assertEqual(Text, beamtalk_print:print_string(Term)) || {Term, Text} <- Expected].

%% Five levels are printed, the sixth is cut.
depth() ->
    Nested = lists:foldl(
        fun(_, Inner) -> #{'__class__' => 'bt@test@Point', x => [Inner], y => 0} end, 1, lists:seq(1, 6)
    ),
    Text = beamtalk_print:print_string(Nested),
    ?assertEqual(5, length(binary:matches(Text, <<"Point(">>))),
    ?assertEqual(1, length(binary:matches(Text, <<"...">>))).

processes() ->
    ?assertEqual(list_to_binary("#Pid" ++ pid_to_list(self())), beamtalk_print:print_string(self())),
    {'$actor', Module, Pid} = Counter = beamtalk_stand_in:spawn('Counter'),
    "<" ++ Numbers = pid_to_list(Pid),
    ?assertEqual(list_to_binary("#Actor<Counter," ++ Numbers), beamtalk_print:print_string(Counter)),
    ?assertEqual(<<"#Actor<Counter,main>">>, beamtalk_print:print_string({'$actor', Module, main})),
    ?assertEqual(<<"#Actor<Counter,main@b@host>">>, beamtalk_print:print_string({'$actor', Module, {main, 'b@host'}})),
    ?assertEqual(<<"#Future<resolved: 3>">>, beamtalk_print:print_string(beamtalk_future:resolved(3))),
    Pending = beamtalk_send:as_future(Counter, 'slow:', [50], nil),
    ?assertEqual(<<"#Future<pending>">>, beamtalk_print:print_string(Pending)).

display() ->
    ?assertEqual(<<"hi">>, beamtalk_print:display_string(<<"hi">>)),
    ?assertEqual(<<"at:">>, beamtalk_print:display_string('at:')),
    ?assertEqual(<<"#(\"a\")">>, beamtalk_print:display_string([<<"a">>])).
