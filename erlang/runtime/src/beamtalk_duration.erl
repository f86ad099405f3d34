%% @doc Primitives of `Duration': a number of milliseconds and its text.
-module(beamtalk_duration).

-export(['class of:unit:selector:'/4, 'class new:'/2, 'class milliseconds:'/2, 'class fromString:'/2, asString/1]).
-export(['millisecondsOf:selector:'/3, milliseconds/3]).

-type duration() :: #{'__class__' := module(), milliseconds := integer()}.

-spec 'class new:'(term(), term()) -> no_return().
'class new:'(_, _) ->
    beamtalk_exception:raise(
        instantiation_error, 'Duration', 'new:', <<"Duration cannot be made with new:">>,
        <<"Use Duration seconds:, minutes: and the like">>, nil
    ).

-spec 'class milliseconds:'(term(), term()) -> duration().
'class milliseconds:'(_, Count) ->
    of_milliseconds(round(beamtalk_check:number(Count, 'Duration', 'milliseconds:'))).

-spec 'class of:unit:selector:'(term(), term(), pos_integer(), atom()) -> duration().
'class of:unit:selector:'(_, Count, Size, Selector) ->
    of_milliseconds(round(beamtalk_check:number(Count, 'Duration', Selector) * Size)).

of_milliseconds(N) -> #{'__class__' => 'bt@stdlib@Duration', milliseconds => N}.

-spec 'millisecondsOf:selector:'(term(), term(), atom()) -> integer().
'millisecondsOf:selector:'(_, #{'__class__' := 'bt@stdlib@Duration', milliseconds := N}, _) -> N;
'millisecondsOf:selector:'(_, Other, Selector) ->
    beamtalk_exception:type_error('Duration', Selector, <<"a Duration">>, Other).

%% Milliseconds given as such or as a `Duration', for primitives that wait.
-spec milliseconds(term(), atom(), atom()) -> non_neg_integer().
milliseconds(#{'__class__' := 'bt@stdlib@Duration', milliseconds := N}, _, _) -> max(N, 0);
milliseconds(N, _, _) when is_integer(N), N >= 0 -> N;
milliseconds(Other, Class, Selector) ->
    beamtalk_exception:type_error(Class, Selector, <<"milliseconds or a Duration">>, Other).

-define(UNITS, [{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}]).

-spec asString(duration()) -> binary().
asString(#{milliseconds := 0}) -> <<"0s">>;
asString(#{milliseconds := N}) when N < 0 -> <<"-", (shown(-N))/binary>>;
asString(#{milliseconds := N}) -> shown(N).

shown(N) ->
    {_, Parts} = lists:foldl(fun part/2, {N, []}, ?UNITS),
    iolist_to_binary(lists:join(" ", lists:reverse(Parts))).

part({Size, _}, {N, Parts}) when N < Size -> {N, Parts};
part({Size, Unit}, {N, Parts}) -> {N rem Size, [[integer_to_binary(N div Size), Unit] | Parts]}.

-spec 'class fromString:'(term(), term()) -> duration().
'class fromString:'(_, Text) ->
    Subject = string:trim(beamtalk_check:string(Text, 'Duration', 'fromString:')),
    case re:run(Subject, <<"^(-?)((?:\\s*\\d+(?:\\.\\d+)?\\s*(?:ms|[dhms]))+)$">>, [{capture, all_but_first, binary}]) of
        {match, [Sign, Parts]} -> of_milliseconds(signed(Sign, total(Parts)));
        nomatch -> unreadable(Text)
    end.

signed(<<"-">>, N) -> -N;
signed(<<>>, N) -> N.

total(Parts) ->
    {match, Found} = re:run(Parts, <<"(\\d+(?:\\.\\d+)?)\\s*(ms|[dhms])">>, [global, {capture, all_but_first, binary}]),
    round(lists:sum([number(Count) * size_of(Unit) || [Count, Unit] <- Found])).

number(Text) ->
    case binary:match(Text, <<".">>) of
        nomatch -> binary_to_integer(Text);
        _ -> binary_to_float(Text)
    end.

size_of(Unit) ->
    {Size, _} = lists:keyfind(binary_to_list(Unit), 2, ?UNITS),
    Size.

-spec unreadable(binary()) -> no_return().
unreadable(Text) ->
    Message = ["cannot read ", beamtalk_print:print_string(Text), " as a Duration"],
    beamtalk_check:parse('Duration', 'fromString:', Message, Text).
