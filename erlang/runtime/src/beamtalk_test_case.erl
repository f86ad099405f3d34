%% @doc Primitives of `TestCase': the assertions. Each counts itself in the process dictionary of the
%% test's process, and raises `#assertion_failed' with what was expected and what came.
-module(beamtalk_test_case).

-export([suiteFixture/1, 'assert:'/2, 'assert:description:'/3, 'deny:'/2, 'deny:description:'/3]).
-export(['assert:equals:'/3, 'deny:equals:'/3, 'assert:closeTo:within:'/4, 'assert:includes:'/3]).
-export(['deny:includes:'/3, 'assert:matches:'/3, 'assert:isKindOf:'/3, 'should:raise:'/3]).
-export(['shouldnt:raise:'/3, 'assertOk:'/2, 'assertError:'/2, 'assertError:equals:'/3, 'fail:'/2]).
-export(['skip:'/2, 'eventually:within:'/3, 'forAll:do:'/3, 'forAll:times:do:'/4]).
-export(['forAll:times:seed:do:'/5]).

-define(COUNT, '$bt_assertions').
%% How long `eventually:' waits between two looks.
-define(PAUSE, 5).
%% How many values are tried, and for how many milliseconds, to find a smaller one that fails.
-define(SHRINK_TRIES, 500).
-define(SHRINK_TIME, 1000).
-define(SEEDS, 1000000).

-spec suiteFixture(term()) -> term().
suiteFixture(_) ->
    case get('$bt_suite_fixture') of
        undefined -> nil;
        Fixture -> Fixture
    end.

%%% Counting and failing

count() ->
    case get(?COUNT) of
        undefined -> put(?COUNT, 1);
        N -> put(?COUNT, N + 1)
    end.

-spec check(boolean(), atom(), fun(() -> {unicode:chardata(), map()})) -> nil.
check(Holds, Selector, Failure) ->
    count(),
    case Holds of
        true ->
            nil;
        false ->
            {Message, Details} = Failure(),
            failed(Selector, Message, Details)
    end.

-spec failed(atom(), unicode:chardata(), map()) -> no_return().
failed(Selector, Message, Details) ->
    beamtalk_exception:raise(assertion_failed, 'TestCase', Selector, Message, nil, Details).

expected_actual(Expected, Actual) ->
    {
        ["expected: ", shown(Expected), ", got: ", shown(Actual)],
        #{expected => Expected, actual => Actual}
    }.

shown(Value) -> beamtalk_print:shown(Value).

%%% Assertions

-spec 'assert:'(term(), term()) -> nil.
'assert:'(_, Condition) ->
    check(Condition =:= true, 'assert:', fun() -> expected_actual(true, Condition) end).

-spec 'assert:description:'(term(), term(), term()) -> nil.
'assert:description:'(_, Condition, Description) ->
    check(Condition =:= true, 'assert:description:', fun() ->
        {_, Details} = expected_actual(true, Condition),
        {beamtalk_print:display_string(Description), Details}
    end).

-spec 'deny:'(term(), term()) -> nil.
'deny:'(_, Condition) ->
    check(Condition =:= false, 'deny:', fun() -> expected_actual(false, Condition) end).

-spec 'deny:description:'(term(), term(), term()) -> nil.
'deny:description:'(_, Condition, Description) ->
    check(Condition =:= false, 'deny:description:', fun() ->
        {_, Details} = expected_actual(false, Condition),
        {beamtalk_print:display_string(Description), Details}
    end).

-spec 'assert:equals:'(term(), term(), term()) -> nil.
'assert:equals:'(_, Actual, Expected) ->
    check(beamtalk_order:equal(Actual, Expected), 'assert:equals:', fun() ->
        expected_actual(Expected, Actual)
    end).

-spec 'deny:equals:'(term(), term(), term()) -> nil.
'deny:equals:'(_, Actual, Unexpected) ->
    check(not beamtalk_order:equal(Actual, Unexpected), 'deny:equals:', fun() ->
        {["expected something else than ", shown(Unexpected)], #{unexpected => Unexpected, actual => Actual}}
    end).

-spec 'assert:closeTo:within:'(term(), term(), term(), term()) -> nil.
'assert:closeTo:within:'(_, Actual, Expected, Tolerance) ->
    Selector = 'assert:closeTo:within:',
    [beamtalk_check:number(X, 'TestCase', Selector) || X <- [Actual, Expected, Tolerance]],
    check(abs(Actual - Expected) =< Tolerance, Selector, fun() ->
        {Message, Details} = expected_actual(Expected, Actual),
        {[Message, " (within ", shown(Tolerance), ")"], Details}
    end).

-spec 'assert:includes:'(term(), term(), term()) -> nil.
'assert:includes:'(_, Collection, Element) ->
    check(includes(Collection, Element), 'assert:includes:', fun() ->
        {["expected ", shown(Collection), " to include ", shown(Element)],
            #{expected => Element, actual => Collection}}
    end).

-spec 'deny:includes:'(term(), term(), term()) -> nil.
'deny:includes:'(_, Collection, Element) ->
    check(not includes(Collection, Element), 'deny:includes:', fun() ->
        {["expected ", shown(Collection), " not to include ", shown(Element)],
            #{unexpected => Element, actual => Collection}}
    end).

includes(Collection, Element) -> beamtalk_send:send(Collection, 'includes:', [Element]) =:= true.

-spec 'assert:matches:'(term(), term(), term()) -> nil.
'assert:matches:'(_, Text, Pattern) ->
    check(beamtalk_send:send(Text, 'matchesRegex:', [Pattern]) =:= true, 'assert:matches:', fun() ->
        {["expected ", shown(Text), " to match ", beamtalk_print:display_string(Pattern)],
            #{expected => Pattern, actual => Text}}
    end).

-spec 'assert:isKindOf:'(term(), term(), term()) -> nil.
'assert:isKindOf:'(_, Value, Class) ->
    check(beamtalk_send:send(Value, 'isKindOf:', [Class]) =:= true, 'assert:isKindOf:', fun() ->
        {["expected an instance of ", shown(Class), ", got: ", shown(Value)],
            #{expected => Class, actual => Value}}
    end).

%%% Expected errors

-spec 'should:raise:'(term(), term(), term()) -> map().
'should:raise:'(_, Block, Expected) ->
    F = beamtalk_check:block(Block, 0, 'TestCase', 'should:raise:'),
    count(),
    case raised_by(F) of
        {value, Value} ->
            failed(
                'should:raise:',
                ["expected ", shown(Expected), " to be raised, got the value: ", shown(Value)],
                #{expected => Expected, actual => Value}
            );
        {raised, Exception} ->
            matching(Exception, Expected)
    end.

matching(Exception, Expected) ->
    case fits(Exception, Expected) of
        true ->
            Exception;
        false ->
            Kind = beamtalk_exception:kind(Exception),
            failed(
                'should:raise:',
                ["expected ", shown(Expected), " to be raised, got ", shown(Kind), ": ", shown(Exception)],
                #{expected => Expected, actual => Kind}
            )
    end.

%% A return from the method passes through.
raised_by(F) ->
    try {value, F()}
    catch
        throw:{'$bt_return', _, _} = Return:Stack -> erlang:raise(throw, Return, Stack);
        Class:Reason:Stack -> {raised, beamtalk_exception:from(Class, Reason, Stack)}
    end.

fits(_, beamtalk_error) -> true;
fits(Exception, Kind) when is_atom(Kind) -> beamtalk_exception:kind(Exception) =:= Kind;
fits(#{'__class__' := Module}, {'$class', Class}) -> beamtalk_class:inherits(Module, Class);
fits(Exception, #{'__class__' := 'bt@stdlib@ExceptionSet', classes := Classes}) ->
    lists:any(fun(Class) -> fits(Exception, Class) end, Classes);
fits(_, Other) ->
    beamtalk_exception:type_error('TestCase', 'should:raise:', <<"a Symbol or an exception class">>, Other).

-spec 'shouldnt:raise:'(term(), term(), term()) -> term().
'shouldnt:raise:'(_, Block, Unexpected) ->
    F = beamtalk_check:block(Block, 0, 'TestCase', 'shouldnt:raise:'),
    count(),
    case raised_by(F) of
        {value, Value} -> Value;
        {raised, Exception} -> unexpected(Exception, Unexpected, fits(Exception, Unexpected))
    end.

-spec unexpected(map(), term(), boolean()) -> no_return().
unexpected(Exception, Unexpected, true) ->
    failed(
        'shouldnt:raise:',
        ["expected ", shown(Unexpected), " not to be raised, got: ", shown(Exception)],
        #{unexpected => Unexpected, actual => Exception}
    );
unexpected(Exception, _, false) ->
    beamtalk_exception:signal(Exception).

%%% Results

-spec 'assertOk:'(term(), term()) -> term().
'assertOk:'(_, Result) ->
    #{isOk := IsOk, okValue := Value, errReason := Reason} = result(Result, 'assertOk:'),
    check(IsOk, 'assertOk:', fun() ->
        {["expected a Result ok, got error: ", shown(Reason)], #{actual => Reason}}
    end),
    Value.

-spec 'assertError:'(term(), term()) -> term().
'assertError:'(_, Result) ->
    #{isOk := IsOk, okValue := Value, errReason := Reason} = result(Result, 'assertError:'),
    check(not IsOk, 'assertError:', fun() ->
        {["expected a Result error, got ok: ", shown(Value)], #{actual => Value}}
    end),
    Reason.

-spec 'assertError:equals:'(term(), term(), term()) -> nil.
'assertError:equals:'(Self, Result, Expected) ->
    Reason = 'assertError:'(Self, Result),
    check(is_error(Reason, Expected), 'assertError:equals:', fun() -> expected_actual(Expected, Reason) end).

is_error(Reason, Expected) ->
    beamtalk_order:equal(Reason, Expected) orelse
        (is_atom(Expected) andalso beamtalk_exception:is_exception(Reason) andalso
            beamtalk_exception:kind(Reason) =:= Expected).

result(#{'__class__' := 'bt@stdlib@Result'} = Result, _) -> Result;
result(Other, Selector) -> beamtalk_exception:type_error('TestCase', Selector, <<"a Result">>, Other).

%%% Ending a test

-spec 'fail:'(term(), term()) -> no_return().
'fail:'(_, Message) ->
    count(),
    failed('fail:', beamtalk_print:display_string(Message), #{}).

-spec 'skip:'(term(), term()) -> no_return().
'skip:'(_, Reason) ->
    beamtalk_exception:raise(
        test_skipped, 'TestCase', 'skip:', beamtalk_print:display_string(Reason), nil, nil
    ).

%%% Waiting and trying many values

-spec 'eventually:within:'(term(), term(), term()) -> nil.
'eventually:within:'(_, Block, Limit) ->
    F = beamtalk_check:block(Block, 0, 'TestCase', 'eventually:within:'),
    Wait = beamtalk_duration:milliseconds(Limit, 'TestCase', 'eventually:within:'),
    Holds = wait_until(F, erlang:monotonic_time(millisecond) + Wait),
    check(Holds, 'eventually:within:', fun() ->
        {io_lib:format("expected the block to answer true within ~b ms", [Wait]), #{}}
    end).

wait_until(F, Deadline) ->
    case F() of
        true ->
            true;
        _ ->
            case erlang:monotonic_time(millisecond) >= Deadline of
                true ->
                    false;
                false ->
                    timer:sleep(?PAUSE),
                    wait_until(F, Deadline)
            end
    end.

-spec 'forAll:do:'(term(), term(), term()) -> nil.
'forAll:do:'(_, Elements, Block) ->
    F = beamtalk_check:block(Block, 1, 'TestCase', 'forAll:do:'),
    List = beamtalk_check:elements(Elements, 'TestCase', 'forAll:do:'),
    lists:foreach(fun(X) -> try_with(F, X, ["(for ", shown(X), ")"]) end, List),
    nil.

-spec 'forAll:times:do:'(term(), term(), term(), term()) -> nil.
'forAll:times:do:'(Self, Generator, Times, Block) ->
    'forAll:times:seed:do:'(Self, Generator, Times, new_seed(), Block).

%% The seed of the run, where it has one, makes the same values of the same test.
new_seed() ->
    case get('$bt_test_seed') of
        undefined ->
            rand:uniform(?SEEDS);
        {Base, Count} ->
            put('$bt_test_seed', {Base, Count + 1}),
            1 + erlang:phash2({Base, Count}, ?SEEDS)
    end.

-spec 'forAll:times:seed:do:'(term(), term(), term(), term(), term()) -> nil.
'forAll:times:seed:do:'(_, Generator, Times, Seed, Block) ->
    Selector = 'forAll:times:seed:do:',
    Make = beamtalk_check:block(Generator, 1, 'TestCase', Selector),
    F = beamtalk_check:block(Block, 1, 'TestCase', Selector),
    Count = beamtalk_check:non_negative(Times, 'TestCase', Selector),
    Random = beamtalk_random:'class seed:'(nil, beamtalk_check:integer(Seed, 'TestCase', Selector)),
    Where = fun(X) -> ["(for ", shown(X), ", seed ", integer_to_binary(Seed), ")"] end,
    lists:foreach(
        fun(_) ->
            X = Make(Random),
            case fails(F, X) of
                false -> ok;
                Failure -> raise_smallest({X, Failure}, F, Make, Random, Where)
            end
        end,
        lists:seq(1, Count)
    ),
    nil.

%% More values of the generator are tried, and the smallest that fails is told of: a value that it
%% would never make says nothing.
raise_smallest(First, F, Make, Random, Where) ->
    Deadline = erlang:monotonic_time(millisecond) + ?SHRINK_TIME,
    {X, {Class, Reason, Stack}} = smallest(?SHRINK_TRIES, Deadline, First, F, Make, Random),
    erlang:raise(Class, told(Reason, Where(X)), Stack).

smallest(0, _, Best, _, _, _) ->
    Best;
smallest(Tries, Deadline, {Smallest, _} = Best, F, Make, Random) ->
    case erlang:monotonic_time(millisecond) >= Deadline of
        true ->
            Best;
        false ->
            X = Make(Random),
            Better =
                case size_of(X) < size_of(Smallest) andalso fails(F, X) of
                    false -> Best;
                    Failure -> {X, Failure}
                end,
            smallest(Tries - 1, Deadline, Better, F, Make, Random)
    end.

%% Numbers by their distance from zero, everything else by the length of its printed form.
size_of(X) when is_number(X) -> {0, abs(X), -X};
size_of(X) ->
    Text = shown(X),
    {1, string:length(Text), Text}.

%% Errors of all kinds are failures, but a skipped test; a return from the method passes through.
fails(F, X) ->
    try F(X) of
        _ -> false
    catch
        error:Reason:Stack ->
            case beamtalk_exception:from(error, Reason, Stack) of
                #{kind := test_skipped} -> erlang:raise(error, Reason, Stack);
                Exception -> {error, Exception, Stack}
            end
    end.

told(#{message := Message} = Exception, Where) ->
    Exception#{message := unicode:characters_to_binary([beamtalk_print:display_string(Message), " ", Where])}.

%% A failure tells the value for which it came.
try_with(F, X, Where) ->
    case fails(F, X) of
        false -> ok;
        {Class, Exception, Stack} -> erlang:raise(Class, told(Exception, Where), Stack)
    end.
