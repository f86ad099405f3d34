%% @doc Primitives of `DateTime': calendar days and clock times with an offset from UTC.
-module(beamtalk_date_time).

-export(['class new:'/2, 'class now'/1, 'class monotonicNow'/1, 'class fromTimestamp:'/2]).
-export(['class year:month:day:hour:minute:second:offsetMinutes:'/8, 'class fromString:'/2]).
-export(['class parse:format:'/3, asTimestamp/1, asString/1, 'toOffset:'/2, 'format:'/2]).
-export(['addDuration:'/2, '+'/2, 'addSeconds:'/2, 'addDays:'/2, 'diffSeconds:'/2, 'compare:selector:'/3]).
-export([dayOfWeek/1, dayOfYear/1, isLeapYear/1, from_seconds/2]).

-define(EPOCH, 62167219200).

-type date_time() :: #{'__class__' := module(), year := integer(), _ => _}.

-spec 'class new:'(term(), term()) -> no_return().
'class new:'(_, _) ->
    beamtalk_exception:raise(
        instantiation_error, 'DateTime', 'new:', <<"DateTime cannot be made with new:">>,
        <<"Use DateTime now, year:month:day: or fromString:">>, nil
    ).

-spec 'class now'(term()) -> date_time().
'class now'(_) -> from_seconds(erlang:system_time(second), 0).

-spec 'class monotonicNow'(term()) -> integer().
'class monotonicNow'(_) -> erlang:monotonic_time(millisecond).

-spec 'class fromTimestamp:'(term(), term()) -> date_time().
'class fromTimestamp:'(_, Seconds) ->
    from_seconds(beamtalk_check:integer(Seconds, 'DateTime', 'fromTimestamp:'), 0).

-spec 'class year:month:day:hour:minute:second:offsetMinutes:'(
    term(), term(), term(), term(), term(), term(), term(), term()
) -> date_time().
'class year:month:day:hour:minute:second:offsetMinutes:'(_, Y, Mo, D, H, Mi, S, Offset) ->
    Selector = 'year:month:day:hour:minute:second:offsetMinutes:',
    [beamtalk_check:integer(X, 'DateTime', Selector) || X <- [Y, Mo, D, H, Mi, S, Offset]],
    case make({{Y, Mo, D}, {H, Mi, S}}, Offset) of
        {ok, DateTime} ->
            DateTime;
        error ->
            Shown = io_lib:format("expects a day of the calendar and a time of the day, got ~b-~b-~b ~b:~b:~b", [
                Y, Mo, D, H, Mi, S
            ]),
            beamtalk_check:invalid('DateTime', Selector, Shown, nil)
    end.

make({{Y, Mo, D} = Date, {H, Mi, S}}, Offset) when
    Y >= 0, H >= 0, H < 24, Mi >= 0, Mi < 60, S >= 0, S < 60, Offset > -1440, Offset < 1440
->
    case Mo >= 1 andalso Mo =< 12 andalso D >= 1 andalso calendar:valid_date(Date) of
        true -> {ok, object({Date, {H, Mi, S}}, Offset)};
        false -> error
    end;
make(_, _) ->
    error.

object({{Y, Mo, D}, {H, Mi, S}}, Offset) ->
    #{
        '__class__' => 'bt@stdlib@DateTime',
        year => Y, month => Mo, day => D, hour => H, minute => Mi, second => S, offsetMinutes => Offset
    }.

%% The point in time so many seconds after 1970, shown at an offset.
-spec from_seconds(integer(), integer()) -> date_time().
from_seconds(Seconds, Offset) ->
    Gregorian = Seconds + Offset * 60 + ?EPOCH,
    case Gregorian >= 0 of
        true -> object(calendar:gregorian_seconds_to_datetime(Gregorian), Offset);
        false -> beamtalk_check:invalid('DateTime', 'fromTimestamp:', <<"expects a time after the year 0">>, nil)
    end.

-spec asTimestamp(date_time()) -> integer().
asTimestamp(#{offsetMinutes := Offset} = T) ->
    calendar:datetime_to_gregorian_seconds({date(T), time(T)}) - Offset * 60 - ?EPOCH.

date(#{year := Y, month := Mo, day := D}) -> {Y, Mo, D}.
time(#{hour := H, minute := Mi, second := S}) -> {H, Mi, S}.

-spec asString(date_time()) -> binary().
asString(#{offsetMinutes := Offset} = T) ->
    <<('format:'(T, <<"%FT%T">>))/binary, (zone(Offset))/binary>>.

zone(0) -> <<"Z">>;
zone(Offset) -> offset(Offset, ":").

offset(Offset, Between) ->
    Sign = case Offset < 0 of true -> $-; false -> $+ end,
    text("~c~2..0b~s~2..0b", [Sign, abs(Offset) div 60, Between, abs(Offset) rem 60]).

text(Format, Arguments) -> iolist_to_binary(io_lib:format(Format, Arguments)).

-spec 'toOffset:'(date_time(), term()) -> date_time().
'toOffset:'(T, Minutes) ->
    from_seconds(asTimestamp(T), beamtalk_check:integer(Minutes, 'DateTime', 'toOffset:')).

-spec 'addDuration:'(date_time(), term()) -> date_time().
'addDuration:'(T, Duration) -> later(T, Duration, 'addDuration:').

-spec '+'(date_time(), term()) -> date_time().
'+'(T, Duration) -> later(T, Duration, '+').

later(T, #{'__class__' := 'bt@stdlib@Duration', milliseconds := N}, _) ->
    'addSeconds:'(T, N div 1000);
later(_, Other, Selector) ->
    beamtalk_exception:type_error('DateTime', Selector, <<"a Duration">>, Other).

-spec 'addSeconds:'(date_time(), term()) -> date_time().
'addSeconds:'(#{offsetMinutes := Offset} = T, Seconds) ->
    from_seconds(asTimestamp(T) + beamtalk_check:integer(Seconds, 'DateTime', 'addSeconds:'), Offset).

-spec 'addDays:'(date_time(), term()) -> date_time().
'addDays:'(#{offsetMinutes := Offset} = T, Days) ->
    from_seconds(asTimestamp(T) + 86400 * beamtalk_check:integer(Days, 'DateTime', 'addDays:'), Offset).

-spec 'diffSeconds:'(date_time(), term()) -> integer().
'diffSeconds:'(T, Other) -> 'compare:selector:'(T, Other, 'diffSeconds:').

-spec 'compare:selector:'(date_time(), term(), atom()) -> integer().
'compare:selector:'(T, #{'__class__' := 'bt@stdlib@DateTime'} = Other, _) ->
    asTimestamp(T) - asTimestamp(Other);
'compare:selector:'(_, Other, Selector) ->
    beamtalk_exception:type_error('DateTime', Selector, <<"a DateTime">>, Other).

-spec dayOfWeek(date_time()) -> 1..7.
dayOfWeek(T) -> calendar:day_of_the_week(date(T)).

-spec dayOfYear(date_time()) -> 1..366.
dayOfYear(#{year := Y} = T) ->
    calendar:date_to_gregorian_days(date(T)) - calendar:date_to_gregorian_days(Y, 1, 1) + 1.

-spec isLeapYear(date_time()) -> boolean().
isLeapYear(#{year := Y}) -> calendar:is_leap_year(Y).

%%% Text after a pattern

-spec 'format:'(date_time(), term()) -> binary().
'format:'(T, Pattern) ->
    iolist_to_binary(formatted(beamtalk_check:string(Pattern, 'DateTime', 'format:'), T)).

formatted(<<$%, C, Rest/binary>>, T) -> [directive(C, T) | formatted(Rest, T)];
formatted(<<C, Rest/binary>>, T) -> [C | formatted(Rest, T)];
formatted(<<>>, _) -> [].

directive($Y, #{year := Y}) -> text("~4..0b", [Y]);
directive($y, #{year := Y}) -> two(Y rem 100);
directive($m, #{month := M}) -> two(M);
directive($d, #{day := D}) -> two(D);
directive($H, #{hour := H}) -> two(H);
directive($I, #{hour := H}) -> two((H + 11) rem 12 + 1);
directive($M, #{minute := M}) -> two(M);
directive($S, #{second := S}) -> two(S);
directive($p, #{hour := H}) when H < 12 -> <<"AM">>;
directive($p, _) -> <<"PM">>;
directive($j, T) -> text("~3..0b", [dayOfYear(T)]);
directive($B, #{month := M}) -> lists:nth(M, months());
directive($b, #{month := M}) -> binary:part(lists:nth(M, months()), 0, 3);
directive($A, T) -> lists:nth(dayOfWeek(T), days());
directive($a, T) -> binary:part(lists:nth(dayOfWeek(T), days()), 0, 3);
directive($z, #{offsetMinutes := Offset}) -> offset(Offset, "");
directive($F, T) -> formatted(<<"%Y-%m-%d">>, T);
directive($T, T) -> formatted(<<"%H:%M:%S">>, T);
directive($%, _) -> $%;
directive(C, _) ->
    beamtalk_check:invalid('DateTime', 'format:', ["knows no directive %", C], nil).

two(N) -> text("~2..0b", [N]).

months() ->
    [
        <<"January">>, <<"February">>, <<"March">>, <<"April">>, <<"May">>, <<"June">>, <<"July">>,
        <<"August">>, <<"September">>, <<"October">>, <<"November">>, <<"December">>
    ].

days() ->
    [
        <<"Monday">>, <<"Tuesday">>, <<"Wednesday">>, <<"Thursday">>, <<"Friday">>, <<"Saturday">>,
        <<"Sunday">>
    ].

%%% Reading

-define(ISO,
    <<"^(\\d{4})-(\\d{2})-(\\d{2})(?:[T ](\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,]\\d+)?)?)?(Z|[+-]\\d{2}:?\\d{2})?$">>
).

-spec 'class fromString:'(term(), term()) -> date_time().
'class fromString:'(_, Text) ->
    Trimmed = string:trim(beamtalk_check:string(Text, 'DateTime', 'fromString:')),
    case re:run(Trimmed, ?ISO, [{capture, all_but_first, binary}]) of
        {match, Parts} -> from_iso(Parts ++ lists:duplicate(7 - length(Parts), <<>>), Text);
        nomatch -> unreadable(Text)
    end.

from_iso([Y, Mo, D, H, Mi, S, Zone], Text) ->
    [Year, Month, Day, Hour, Minute, Second] = [number(X) || X <- [Y, Mo, D, H, Mi, S]],
    case make({{Year, Month, Day}, {Hour, Minute, Second}}, zone_offset(Zone)) of
        {ok, DateTime} -> DateTime;
        error -> unreadable(Text)
    end.

number(<<>>) -> 0;
number(Digits) -> binary_to_integer(Digits).

zone_offset(<<Sign, H:2/binary, Rest/binary>>) when Sign =:= $+; Sign =:= $- ->
    Minutes = binary_to_integer(H) * 60 + binary_to_integer(binary:replace(Rest, <<":">>, <<>>)),
    case Sign of $- -> -Minutes; $+ -> Minutes end;
zone_offset(_) ->
    0.

-spec unreadable(binary()) -> no_return().
unreadable(Text) ->
    Message = ["cannot read ", beamtalk_print:print_string(Text), " as a DateTime"],
    beamtalk_check:parse('DateTime', 'fromString:', Message, Text).

-spec 'class parse:format:'(term(), term(), term()) -> beamtalk_result:result().
'class parse:format:'(_, Text, Format) ->
    Subject = beamtalk_check:string(Text, 'DateTime', 'parse:format:'),
    Pattern = beamtalk_check:string(Format, 'DateTime', 'parse:format:'),
    case parse(Pattern, Subject, #{}) of
        {ok, Found} -> parsed(Found, Text, Format);
        error -> mismatch(Text, Format)
    end.

parsed(Found, Text, Format) ->
    Get = fun(Key, Default) -> maps:get(Key, Found, Default) end,
    Date = {Get(year, 1970), Get(month, 1), Get(day, 1)},
    case make({Date, {hour(Found), Get(minute, 0), Get(second, 0)}}, Get(offset, 0)) of
        {ok, DateTime} -> beamtalk_result:ok(DateTime);
        error -> mismatch(Text, Format)
    end.

hour(#{half := <<"PM">>, hour := H}) -> H rem 12 + 12;
hour(#{half := <<"AM">>, hour := H}) -> H rem 12;
hour(#{hour := H}) -> H;
hour(_) -> 0.

mismatch(Text, Format) ->
    Message = [
        "DateTime>>parse:format: ", beamtalk_print:print_string(Text), " is not of the form ",
        beamtalk_print:print_string(Format)
    ],
    beamtalk_result:error(
        beamtalk_exception:make(parse_error, 'DateTime', 'parse:format:', Message, nil, nil)
    ).

parse(<<>>, <<>>, Found) -> {ok, Found};
parse(<<"%F", Rest/binary>>, Text, Found) -> parse(<<"%Y-%m-%d", Rest/binary>>, Text, Found);
parse(<<"%T", Rest/binary>>, Text, Found) -> parse(<<"%H:%M:%S", Rest/binary>>, Text, Found);
parse(<<$%, C, Rest/binary>>, Text, Found) ->
    case read(C, Text) of
        {Key, Value, Left} -> parse(Rest, Left, Found#{Key => Value});
        error -> error
    end;
parse(<<C, Rest/binary>>, <<C, Left/binary>>, Found) -> parse(Rest, Left, Found);
parse(_, _, _) -> error.

read($Y, Text) -> digits(year, 4, Text);
read($m, Text) -> digits(month, 2, Text);
read($d, Text) -> digits(day, 2, Text);
read($H, Text) -> digits(hour, 2, Text);
read($I, Text) -> digits(hour, 2, Text);
read($M, Text) -> digits(minute, 2, Text);
read($S, Text) -> digits(second, 2, Text);
read($y, Text) ->
    case digits(year, 2, Text) of
        {year, Y, Left} when Y < 70 -> {year, 2000 + Y, Left};
        {year, Y, Left} -> {year, 1900 + Y, Left};
        error -> error
    end;
read($p, <<Half:2/binary, Left/binary>>) -> {half, string:uppercase(Half), Left};
read($B, Text) -> month(Text, months(), 1);
read($b, Text) -> month(Text, [binary:part(M, 0, 3) || M <- months()], 1);
read($z, <<"Z", Left/binary>>) -> {offset, 0, Left};
read($z, Text) ->
    case re:run(Text, <<"^([+-]\\d{2}:?\\d{2})(.*)$">>, [dotall, {capture, all_but_first, binary}]) of
        {match, [Zone, Left]} -> {offset, zone_offset(Zone), Left};
        nomatch -> error
    end;
read($%, <<$%, Left/binary>>) -> {percent, true, Left};
read(_, _) -> error.

%% At most so many digits, at least one.
digits(Key, Most, Text) ->
    case re:run(Text, text("^(\\d{1,~b})(.*)$", [Most]), [dotall, {capture, all_but_first, binary}]) of
        {match, [Digits, Left]} -> {Key, binary_to_integer(Digits), Left};
        nomatch -> error
    end.

month(_, [], _) -> error;
month(Text, [Name | Names], N) ->
    case string:prefix(Text, Name) of
        nomatch -> month(Text, Names, N + 1);
        Left -> {month, N, Left}
    end.
