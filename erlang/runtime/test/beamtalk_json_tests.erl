%% @doc Reading and writing of JSON, and that hostile texts are refused.
-module(beamtalk_json_tests).

-include_lib("eunit/include/eunit.hrl").

parsed(Text) ->
    #{isOk := true, okValue := Value} = beamtalk_json:'class parse:'(nil, Text),
    Value.

refused(Text) ->
    #{isOk := IsOk, errReason := Reason} = beamtalk_json:'class parse:'(nil, Text),
    ?assertNot(IsOk),
    #{kind := parse_error, details := #{line := Line, column := Column}} = Reason,
    {Line, Column}.

values_test_() ->
    [
        ?_assertEqual([1, 2.5, true, false, nil], parsed(<<"[1, 2.5, true, false, null]">>)),
        ?_assertEqual(#{<<"a">> => #{<<"b">> => []}}, parsed(<<"{\"a\":{\"b\":[]}}">>)),
        ?_assertEqual(<<"a\n\"\\/"/utf8, 16#1F600/utf8>>, parsed(<<"\"a\\n\\\"\\\\\\/\\ud83d\\ude00\"">>)),
        ?_assertEqual(-120.0, parsed(<<"-1.2E2">>)),
        ?_assertEqual(1000.0, parsed(<<"1e3">>)),
        ?_assertEqual(1 bsl 200, parsed(integer_to_binary(1 bsl 200)))
    ].

refusals_tell_the_place_test_() ->
    [
        ?_assertEqual({1, 4}, refused(<<"[1,]">>)),
        ?_assertEqual({2, 3}, refused(<<"[1,\n  x]">>)),
        ?_assertEqual({1, 2}, refused(<<"01">>)),
        ?_assertEqual({1, 6}, refused(<<"\"open">>)),
        ?_assertEqual({1, 2}, refused(<<"\"", 1, "\"">>)),
        ?_assertMatch({1, _}, refused(<<"\"\\ud83d\"">>)),
        ?_assertMatch({1, _}, refused(<<"1e999">>)),
        ?_assertMatch({1, _}, refused(<<"{\"a\" 1}">>))
    ].

deep_nesting_is_refused_test() ->
    ?assertMatch({1, _}, refused(binary:copy(<<"[">>, 100000))).

written(Value) -> beamtalk_json:'class generate:'(nil, Value).

writing_test_() ->
    [
        ?_assertEqual(<<"{\"a\":[1,2.5,null,true],\"b\":\"x\"}">>, written(#{b => x, a => [1, 2.5, nil, true]})),
        ?_assertEqual(<<"\"\\u0001\\\"\\\\\"">>, written(<<1, $", $\\>>)),
        ?_assertEqual(<<"{\"1\":2}">>, written(#{1 => 2})),
        ?_assertError(#{kind := type_error}, written(self())),
        ?_assertError(#{kind := type_error}, written(<<255>>))
    ].

there_and_back_test() ->
    Value = #{<<"k">> => [1, <<"t\t">>, #{<<"n">> => nil}], <<"f">> => 0.1},
    ?assertEqual(Value, parsed(written(Value))),
    ?assertEqual(Value, parsed(beamtalk_json:'class prettyPrint:'(nil, Value))).
