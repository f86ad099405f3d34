%% @doc Primitives of `Stream': a source and steps, pulled one element at a time.
%%
%% A stream is `#{open, next, close, steps}'. `open()' answers the state to begin with, `next(State)'
%% answers `{Element, State}' or `done', and `close(State)', given the first state, frees what `open'
%% took. Whoever runs a stream closes it, however the run ends.
-module(beamtalk_stream).

-export(['class new:'/2, 'class from:'/2, 'class from:by:'/3, 'class on:'/2, 'class generate:'/2]).
-export(['select:'/2, 'reject:'/2, 'collect:'/2, 'flatCollect:'/2, 'drop:'/2, 'takeWhile:'/2]).
-export(['dropWhile:'/2, 'zip:'/2, 'take:'/2, first/1, 'do:'/2, 'inject:into:'/3, 'detect:'/2]).
-export(['detect:ifNone:'/3, asList/1, 'anySatisfy:'/2, 'allSatisfy:'/2, printString/1]).
-export([source/4]).

%% Character data that may hold functions which answer some.
-type description() :: unicode:chardata() | fun(() -> unicode:chardata()) | [description()].

-type stream() :: #{
    '__class__' := module(), open := fun(), next := fun(), close := fun(), steps := [description()]
}.

%%% Sources

%% A stream of what `Next' gives, for primitives that open something.
-spec source(fun(() -> State), fun((State) -> {term(), State} | done), fun((State) -> term()), description()) ->
    stream().
source(Open, Next, Close, Description) ->
    #{
        '__class__' => 'bt@stdlib@Stream', open => Open, next => Next, close => Close,
        steps => [["Stream(", Description, ")"]]
    }.

pure(First, Next, Description) -> source(fun() -> First end, Next, fun(_) -> ok end, Description).

-spec 'class new:'(term(), term()) -> no_return().
'class new:'(_, _) ->
    beamtalk_exception:raise(
        instantiation_error, 'Stream', 'new:', <<"Stream cannot be made with new:">>,
        <<"Use Stream from:, from:by: or on:">>, nil
    ).

-spec 'class from:'(term(), term()) -> stream().
'class from:'(_, Start) ->
    First = beamtalk_check:integer(Start, 'Stream', 'from:'),
    pure(First, fun(N) -> {N, N + 1} end, ["from: ", integer_to_binary(First)]).

-spec 'class from:by:'(term(), term(), term()) -> stream().
'class from:by:'(_, Start, Block) ->
    F = block(Block, 1, 'from:by:'),
    Next = fun
        ({first, X}) -> {X, {last, X}};
        ({last, X}) ->
            Y = F(X),
            {Y, {last, Y}}
    end,
    pure({first, Start}, Next, ["from: ", beamtalk_print:print_string(Start), " by: [...]"]).

-spec 'class on:'(term(), term()) -> stream().
'class on:'(_, #{'__class__' := 'bt@stdlib@Stream'} = Stream) ->
    Stream;
'class on:'(_, #{'__class__' := 'bt@stdlib@Interval', from := From, to := To, step := Step} = Interval) ->
    Next = fun
        (I) when Step > 0, I =< To; Step < 0, I >= To -> {I, I + Step};
        (_) -> done
    end,
    pure(From, Next, ["on: ", beamtalk_print:print_string(Interval)]);
'class on:'(_, Collection) ->
    List = beamtalk_check:elements(Collection, 'Stream', 'on:'),
    pure(List, fun next_of_list/1, ["on: ", fun() -> beamtalk_print:print_string(Collection) end]).

next_of_list([X | Rest]) -> {X, Rest};
next_of_list([]) -> done.

-spec 'class generate:'(term(), term()) -> stream().
'class generate:'(_, Block) ->
    F = block(Block, 0, 'generate:'),
    Next = fun(State) ->
        case F() of
            nil -> done;
            X -> {X, State}
        end
    end,
    pure(nil, Next, "generate: [...]").

%%% Steps

-spec 'select:'(stream(), term()) -> stream().
'select:'(Stream, Block) ->
    F = block(Block, 1, 'select:'),
    step(Stream, fun(Next) -> fun(S) -> next_where(Next, F, true, S) end end, "select: [...]").

-spec 'reject:'(stream(), term()) -> stream().
'reject:'(Stream, Block) ->
    F = block(Block, 1, 'reject:'),
    step(Stream, fun(Next) -> fun(S) -> next_where(Next, F, false, S) end end, "reject: [...]").

step(#{next := Next, steps := Steps} = Stream, Wrap, Description) ->
    Stream#{next := Wrap(Next), steps := [Description | Steps]}.

next_where(Next, F, Wanted, S) ->
    case Next(S) of
        done ->
            done;
        {X, Rest} ->
            case F(X) of
                Wanted -> {X, Rest};
                _ -> next_where(Next, F, Wanted, Rest)
            end
    end.

-spec 'collect:'(stream(), term()) -> stream().
'collect:'(Stream, Block) ->
    F = block(Block, 1, 'collect:'),
    Wrap = fun(Next) ->
        fun(S) ->
            case Next(S) of
                done -> done;
                {X, Rest} -> {F(X), Rest}
            end
        end
    end,
    step(Stream, Wrap, "collect: [...]").

%% Steps with a state of their own keep it beside that of the stream below.
stateful(#{open := Open, next := Next, close := Close, steps := Steps} = Stream, First, Advance, Description) ->
    Stream#{
        open := fun() -> {First, Open()} end,
        next := fun({Own, S}) -> Advance(Own, S, Next) end,
        close := fun({_, S}) -> Close(S) end,
        steps := [Description | Steps]
    }.

-spec 'flatCollect:'(stream(), term()) -> stream().
'flatCollect:'(Stream, Block) ->
    F = block(Block, 1, 'flatCollect:'),
    stateful(Stream, [], fun(Pending, S, Next) -> next_flat(Pending, S, Next, F) end, "flatCollect: [...]").

next_flat([X | Pending], S, _, _) ->
    {X, {Pending, S}};
next_flat([], S, Next, F) ->
    case Next(S) of
        done -> done;
        {X, Rest} -> next_flat(beamtalk_check:elements(F(X), 'Stream', 'flatCollect:'), Rest, Next, F)
    end.

-spec 'drop:'(stream(), term()) -> stream().
'drop:'(Stream, Count) ->
    N = beamtalk_check:non_negative(Count, 'Stream', 'drop:'),
    stateful(Stream, N, fun next_after/3, ["drop: ", integer_to_binary(N)]).

next_after(N, S, Next) ->
    case Next(S) of
        done -> done;
        {X, Rest} when N =:= 0 -> {X, {0, Rest}};
        {_, Rest} -> next_after(N - 1, Rest, Next)
    end.

-spec 'takeWhile:'(stream(), term()) -> stream().
'takeWhile:'(Stream, Block) ->
    F = block(Block, 1, 'takeWhile:'),
    Wrap = fun(Next) ->
        fun(S) ->
            case Next(S) of
                done -> done;
                {X, Rest} -> while(F(X), X, Rest)
            end
        end
    end,
    step(Stream, Wrap, "takeWhile: [...]").

while(true, X, Rest) -> {X, Rest};
while(_, _, _) -> done.

-spec 'dropWhile:'(stream(), term()) -> stream().
'dropWhile:'(Stream, Block) ->
    F = block(Block, 1, 'dropWhile:'),
    stateful(Stream, dropping, fun(Mode, S, Next) -> next_from(Mode, S, Next, F) end, "dropWhile: [...]").

next_from(Mode, S, Next, F) ->
    case Next(S) of
        done -> done;
        {X, Rest} when Mode =:= taking -> {X, {taking, Rest}};
        {X, Rest} ->
            case F(X) of
                true -> next_from(dropping, Rest, Next, F);
                _ -> {X, {taking, Rest}}
            end
    end.

-spec 'zip:'(stream(), term()) -> stream().
'zip:'(#{open := Open, next := Next, close := Close, steps := Steps} = Stream, Other) ->
    #{open := Open2, next := Next2, close := Close2} = 'class on:'(nil, Other),
    Stream#{
        open := fun() -> {Open(), Open2()} end,
        next := fun({A, B}) -> next_pair(Next, A, Next2, B) end,
        close := fun({A, B}) -> Close(A), Close2(B) end,
        steps := ["zip: ..." | Steps]
    }.

next_pair(Next, A, Next2, B) ->
    case Next(A) of
        done -> done;
        {X, A1} ->
            case Next2(B) of
                done -> done;
                {Y, B1} -> {[X, Y], {A1, B1}}
            end
    end.

%%% Running

%% Folds until `F' answers `{halt, Acc}'.
fold(#{open := Open, next := Next, close := Close}, F, Initial) ->
    First = Open(),
    try loop(Next, First, F, Initial)
    after Close(First)
    end.

loop(Next, S, F, Acc) ->
    case Next(S) of
        done -> Acc;
        {X, Rest} ->
            case F(X, Acc) of
                {more, New} -> loop(Next, Rest, F, New);
                {halt, Result} -> Result
            end
    end.

-spec 'take:'(stream(), term()) -> list().
'take:'(Stream, Count) ->
    case beamtalk_check:non_negative(Count, 'Stream', 'take:') of
        0 -> [];
        N -> lists:reverse(element(2, fold(Stream, fun taken/2, {N, []})))
    end.

taken(X, {1, Taken}) -> {halt, {0, [X | Taken]}};
taken(X, {N, Taken}) -> {more, {N - 1, [X | Taken]}}.

-spec first(stream()) -> term().
first(Stream) ->
    case fold(Stream, fun(X, none) -> {halt, {some, X}} end, none) of
        {some, X} -> X;
        none -> beamtalk_check:empty('Stream', first)
    end.

-spec 'do:'(stream(), term()) -> nil.
'do:'(Stream, Block) ->
    F = block(Block, 1, 'do:'),
    fold(Stream, fun(X, nil) -> F(X), {more, nil} end, nil).

-spec 'inject:into:'(stream(), term(), term()) -> term().
'inject:into:'(Stream, Initial, Block) ->
    F = block(Block, 2, 'inject:into:'),
    fold(Stream, fun(X, Acc) -> {more, F(Acc, X)} end, Initial).

-spec asList(stream()) -> list().
asList(Stream) -> lists:reverse(fold(Stream, fun(X, Acc) -> {more, [X | Acc]} end, [])).

-spec 'detect:'(stream(), term()) -> term().
'detect:'(Stream, Block) ->
    F = block(Block, 1, 'detect:'),
    case find(Stream, F) of
        {some, X} -> X;
        none -> beamtalk_check:not_found('Stream', 'detect:', <<"no element satisfies the block">>)
    end.

-spec 'detect:ifNone:'(stream(), term(), term()) -> term().
'detect:ifNone:'(Stream, Block, None) ->
    F = block(Block, 1, 'detect:ifNone:'),
    case find(Stream, F) of
        {some, X} -> X;
        none -> (block(None, 0, 'detect:ifNone:'))()
    end.

find(Stream, F) ->
    Test = fun(X, none) ->
        case F(X) of
            true -> {halt, {some, X}};
            _ -> {more, none}
        end
    end,
    fold(Stream, Test, none).

-spec 'anySatisfy:'(stream(), term()) -> boolean().
'anySatisfy:'(Stream, Block) -> find(Stream, block(Block, 1, 'anySatisfy:')) =/= none.

-spec 'allSatisfy:'(stream(), term()) -> boolean().
'allSatisfy:'(Stream, Block) ->
    F = block(Block, 1, 'allSatisfy:'),
    find(Stream, fun(X) -> F(X) =/= true end) =:= none.

-spec printString(stream()) -> binary().
printString(#{steps := Steps}) ->
    unicode:characters_to_binary(lists:join(" | ", described(lists:reverse(Steps)))).

%% What takes time to print is printed when it is asked for.
described(Print) when is_function(Print, 0) -> Print();
described([Part | Rest]) -> [described(Part) | described(Rest)];
described(Text) -> Text.

block(F, Arity, Selector) -> beamtalk_check:block(F, Arity, 'Stream', Selector).
