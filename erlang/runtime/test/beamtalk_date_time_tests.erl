%% @doc Dates, times and durations: offsets, leap years, texts there and back.
-module(beamtalk_date_time_tests).

-include_lib("eunit/include/eunit.hrl").

read(Text) -> beamtalk_date_time:'class fromString:'(nil, Text).

texts_there_and_back_test_() ->
    [
        ?_assertEqual(Text, beamtalk_date_time:asString(read(Text)))
     || Text <- [<<"1970-01-01T00:00:00Z">>, <<"2024-02-29T23:59:59-05:30">>, <<"0099-12-31T00:00:01+14:00">>]
    ].

instants_test_() ->
    Here = read(<<"2026-03-01T00:30:00+01:00">>),
    [
        ?_assertEqual(beamtalk_date_time:asTimestamp(read(<<"2026-02-28T23:30:00Z">>)), beamtalk_date_time:asTimestamp(Here)),
        ?_assertMatch(#{month := 2, day := 28, hour := 23}, beamtalk_date_time:'toOffset:'(Here, 0)),
        ?_assertMatch(#{day := 2, offsetMinutes := 60}, beamtalk_date_time:'addDays:'(Here, 1)),
        ?_assertEqual(60, beamtalk_date_time:dayOfYear(Here)),
        ?_assertEqual(7, beamtalk_date_time:dayOfWeek(Here))
    ].

bad_dates_are_refused_test_() ->
    [
        ?_assertError(#{kind := parse_error}, read(Text))
     || Text <- [<<"2023-02-29">>, <<"2026-13-01">>, <<"2026-01-01T24:00:00Z">>, <<"today">>, <<>>]
    ].

parsing_by_a_form_test_() ->
    Parse = fun(Text, Form) -> beamtalk_date_time:'class parse:format:'(nil, Text, Form) end,
    [
        ?_assertMatch(
            #{isOk := true, okValue := #{year := 2026, month := 3, day := 5, hour := 15, minute := 4}},
            Parse(<<"5 March 2026, 03:04 PM">>, <<"%d %B %Y, %I:%M %p">>)
        ),
        ?_assertMatch(#{okValue := #{offsetMinutes := -90}}, Parse(<<"2026-01-01 -0130">>, <<"%F %z">>)),
        ?_assertMatch(#{isOk := false}, Parse(<<"31.02.2026">>, <<"%d.%m.%Y">>)),
        ?_assertMatch(#{isOk := false}, Parse(<<"1.1.2026 x">>, <<"%d.%m.%Y">>))
    ].

durations_test_() ->
    Shown = fun(Text) -> beamtalk_duration:asString(beamtalk_duration:'class fromString:'(nil, Text)) end,
    [
        ?_assertEqual(<<"1h 30m 15s">>, Shown(<<"1h30m15s">>)),
        ?_assertEqual(<<"-1h 30m">>, Shown(<<"-90m">>)),
        ?_assertEqual(<<"1s 500ms">>, Shown(<<"1.5s">>)),
        ?_assertEqual(<<"0s">>, Shown(<<"0ms">>)),
        ?_assertError(#{kind := parse_error}, Shown(<<"1 week">>))
    ].
