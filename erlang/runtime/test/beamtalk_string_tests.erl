%% @doc The primitives of strings: graphemes, searching, numbers in text.
-module(beamtalk_string_tests).

-include_lib("eunit/include/eunit.hrl").

-define(FAMILY, <<16#1F468/utf8, 16#200D/utf8, 16#1F469/utf8, 16#200D/utf8, 16#1F467/utf8>>).

graphemes_test_() ->
    [
        ?_assertEqual(1, beamtalk_string:length(?FAMILY)),
        ?_assertEqual(1, beamtalk_string:length(<<"\r\n">>)),
        ?_assertEqual(2, beamtalk_string:length(<<"a\n">>)),
        ?_assertEqual([<<"a">>, ?FAMILY], beamtalk_string:asList(<<"a", (?FAMILY)/binary>>)),
        ?_assertEqual(<<(?FAMILY)/binary, "a">>, beamtalk_string:reverse(<<"a", (?FAMILY)/binary>>)),
        ?_assertEqual(2, beamtalk_string:'indexOf:'(<<(?FAMILY)/binary, "x">>, <<"x">>)),
        ?_assertEqual(?FAMILY, beamtalk_string:'at:'(<<"a", (?FAMILY)/binary>>, 2)),
        ?_assertError(#{kind := index_out_of_bounds}, beamtalk_string:'at:'(<<"a">>, 2))
    ].

numbers_test_() ->
    [
        ?_assertEqual(1000000, beamtalk_string:asInteger(<<" 1_000_000 ">>)),
        ?_assertEqual(0.5, beamtalk_string:asFloat(<<"0.5">>)),
        ?_assertEqual(1.0e3, beamtalk_string:asFloat(<<"1e3">>)),
        ?_assertEqual(7, beamtalk_string:asNumber(<<"7">>)),
        ?_assertError(#{kind := parse_error}, beamtalk_string:asInteger(<<"7x">>)),
        ?_assertError(#{kind := parse_error}, beamtalk_string:asFloat(<<"1.">>)),
        ?_assertError(#{kind := parse_error}, beamtalk_string:asFloat(<<"1e999">>))
    ].

filling_test_() ->
    [
        ?_assertEqual(<<"ababx">>, beamtalk_string:'padLeft:with:'(<<"x">>, 5, <<"ab">>)),
        ?_assertEqual(<<"xaba">>, beamtalk_string:'padRight:with:'(<<"x">>, 4, <<"ab">>)),
        ?_assertEqual(<<"long">>, beamtalk_string:'padLeft:with:'(<<"long">>, 2, <<"-">>)),
        ?_assertError(#{kind := invalid_argument}, beamtalk_string:'padLeft:with:'(<<"x">>, 5, <<>>))
    ].

distance_test_() ->
    [
        ?_assertEqual(3, beamtalk_string:'editDistanceTo:'(<<"kitten">>, <<"sitting">>)),
        ?_assertEqual(4, beamtalk_string:'editDistanceTo:'(<<>>, <<"four">>)),
        ?_assertEqual(0, beamtalk_string:'editDistanceTo:'(<<"same">>, <<"same">>))
    ].
