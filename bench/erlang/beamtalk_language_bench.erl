%% @doc Programs in Beamtalk beside the same in Erlang. Rounds of the two take turns, each in a
%% process of its own, so that one's garbage is kept from the other; each figure is the lower quartile
%% of the rounds, since what else the machine does only ever adds. Both must answer the same, or the row is no measurement and the run fails.
-module(beamtalk_language_bench).

-export([main/0, main/1]).
%% Called from other modules' side, as a send is.
-export([weighted/2, square_weighted/2, make/2, plus/2]).
-export([scaled_a/2, scaled_b/2, scaled_c/2, scaled_d/2, scaled_e/2, scaled_f/2, scaled_g/2, scaled_h/2, scaled_i/2]).
-export([init/1, handle_call/3, handle_cast/2]).

-define(ROUNDS, 75).
-define(BENCH, 'bt@user@LanguageBench').

-record(row, {
    name :: string(),
    goal = none :: none | float(),
    erlang :: fun(() -> term()),
    beamtalk :: fun(() -> term())
}).

-spec main() -> no_return().
main() -> main([]).

-spec main([string()]) -> no_return().
main(Wanted) ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    io:setopts([{encoding, unicode}]),
    io:format("| program | goal | Erlang, µs | Beamtalk, µs | ratio |~n| --- | --- | --- | --- | --- |~n"),
    lists:foreach(fun report/1, [Row || Row <- rows(), is_wanted(Row, Wanted)]),
    halt(0).

is_wanted(_, []) -> true;
is_wanted(#row{name = Name}, Wanted) -> lists:any(fun(Part) -> string:find(Name, Part) =/= nomatch end, Wanted).

rows() ->
    List = lists:seq(1, 1000),
    Point = #{'__class__' => 'bt@user@LanguagePoint', x => 3, y => 4},
    Square = #{'__class__' => 'bt@user@LanguageSquare', side => 5},
    Shapes = lists:append(lists:duplicate(500, [Point, Square])),
    Five = [
        #{'__class__' => 'bt@user@LanguageA', a => 1},
        #{'__class__' => 'bt@user@LanguageB', b => 2},
        #{'__class__' => 'bt@user@LanguageC', c => 3},
        #{'__class__' => 'bt@user@LanguageD', d => 4},
        #{'__class__' => 'bt@user@LanguageE', e => 5}
    ],
    Nine = Five ++ [
        #{'__class__' => 'bt@user@LanguageF', f => 6},
        #{'__class__' => 'bt@user@LanguageG', g => 7},
        #{'__class__' => 'bt@user@LanguageH', h => 8},
        #{'__class__' => 'bt@user@LanguageI', i => 9}
    ],
    Some = lists:append(lists:duplicate(200, Five)),
    Many = lists:append(lists:duplicate(110, Nine)),
    Words = [integer_to_binary(N rem 97) || N <- List],
    Expression = expression(6),
    {ok, Server} = gen_server:start(?MODULE, 0, []),
    Actor = beamtalk_actor:start('bt@user@LanguageCounter', #{}),
    [
        row("`to:do:` that sums", 1.3, fun() -> count_up(1, 20000, 0) end, 'class countUp:', [20000]),
        row("`whileTrue:` that sums", 1.3, fun() -> count_up(1, 20000, 0) end, 'class countWhile:', [20000]),
        row("nested loops, Collatz", 1.3, fun() -> collatz_up_to(1, 200, 0) end, 'class collatzUpTo:', [200]),
        row("recursion, `fib: 20`", 1.3, fun() -> fib(20) end, 'class fib:', [20]),
        row("tail recursion", 1.3, fun() -> sum(20000, 0) end, 'class sum:into:', [20000, 0]),
        #row{
            name = "recursion of an instance, gcd",
            goal = 1.3,
            erlang = fun() -> gcds(1000) end,
            beamtalk = fun() -> gcds(1000, Point) end
        },
        row("send to a value object of known class", 1.2, fun() -> known(10000) end, 'class knownSends:', [10000]),
        row("send to a value object of unknown class", 3.0, fun() -> unknown(10000, Point) end, 'class unknownSends:to:', [10000, Point]),
        row("sends to objects of two classes in turn", 3.0, fun() -> mixed(Shapes) end, 'class mixedSends:', [Shapes]),
        row("sends to objects of five classes in turn", 3.0, fun() -> many(Some, 0) end, 'class someSends:', [Some]),
        row("sends to objects of nine classes in turn", 3.0, fun() -> many(Many, 0) end, 'class manySends:', [Many]),
        row("value objects made and read", 3.0, fun() -> constructed(10000) end, 'class constructed:', [10000]),
        row("`do:` that sums", 1.5, fun() -> lists:foldl(fun(X, Sum) -> Sum + X end, 0, List) end, 'class doSum:', [List]),
        row("`do:` that changes nothing", 1.5, fun() -> do_pure(List) end, 'class doPure:', [List]),
        row("`collect:`", 1.5, fun() -> lists:map(fun(X) -> X * 2 + 1 end, List) end, 'class collected:', [List]),
        row("`select:`", 1.5, fun() -> lists:filter(fun(X) -> X rem 2 =:= 0 end, List) end, 'class selected:', [List]),
        row("`inject:into:`", 1.5, fun() -> lists:foldl(fun(X, Sum) -> Sum + X end, 0, List) end, 'class injected:', [List]),
        row("`detect:ifNone:`", 1.5, fun() -> detect(List) end, 'class detected:', [List]),
        row("dictionary, new keys", none, fun() -> maps_put(1, 2000, #{}) end, 'class dictionaryPut:', [2000]),
        row("dictionary, counting words", none, fun() -> count_words(Words, #{}) end, 'class dictionaryCount:', [Words]),
        row("string built by `++`", none, fun() -> join(5000, <<>>) end, 'class joined:', [5000]),
        row("string interpolation", none, fun() -> interpolate(1, 2000, 0) end, 'class interpolated:', [2000]),
        row("pattern matching, an evaluator", none, fun() -> evaluate(Expression, 100, 0) end, 'class evaluate:times:', [Expression, 100]),
        row("exception raised and caught", none, fun() -> raise(200, 0) end, 'class signalled:', [200]),
        row("`1 / 0` caught", none, fun() -> divide(200, 0) end, 'class divided:', [200]),
        row("`on:do:` where nothing is raised", none, fun() -> guard(1, 10000, 0) end, 'class guarded:', [10000]),
        row("`ensure:` where nothing is raised", none, fun() -> ensure(1, 10000, 0) end, 'class ensured:', [10000]),
        row("`^` out of `do:`", none, fun() -> first_above(990, List) end, 'class returned:', [List]),
        served("actor call", 1.15, fun() -> calls(200, Server) end, 'class calls:to:', [200, Actor]),
        served("cast", none, fun() -> casts(200, Server) end, 'class casts:to:', [200, Actor]),
        served("future of a local with `await`, beside the call", 3.0, fun() -> calls(200, Server) end, 'class awaits:to:', [200, Actor]),
        served("future object with `await`, beside the call", 3.0, fun() -> calls(200, Server) end, 'class futures:to:', [200, Actor])
    ].

row(Name, Goal, Erlang, Function, Args) ->
    #row{name = Name, goal = Goal, erlang = Erlang, beamtalk = beamtalk(Function, Args)}.

%% The answers of the two are counters that go on from round to round.
served(Name, Goal, Erlang, Function, Args) ->
    Run = beamtalk(Function, Args),
    Ignoring = fun(F) -> fun() -> F(), done end end,
    #row{name = Name, goal = Goal, erlang = Ignoring(Erlang), beamtalk = Ignoring(Run)}.

beamtalk(Function, Args) ->
    All = [{'$class', ?BENCH} | Args],
    fun() -> apply(?BENCH, Function, All) end.

report(#row{name = Name, goal = Goal, erlang = Erlang, beamtalk = Beamtalk}) ->
    Answer = Erlang(),
    case Beamtalk() of
        Answer -> ok;
        nil when Answer =:= ok -> ok;
        Other -> error({different_answers, Name, Answer, Other})
    end,
    Repetitions = repetitions(Erlang),
    Rounds = [{round_of(Erlang, Repetitions), round_of(Beamtalk, Repetitions)} || _ <- lists:seq(1, ?ROUNDS)],
    {A, B} = {quartile([X || {X, _} <- Rounds]), quartile([Y || {_, Y} <- Rounds])},
    io:format("| ~ts | ~ts | ~.1f | ~.1f | ~.2f |~n", [Name, goal(Goal), A, B, B / A]).

goal(none) -> "";
goal(Goal) -> io_lib:format("~w", [Goal]).

%% So many that a round of the Erlang program takes about a third of a millisecond: on a machine with
%% other work to do, most rounds are then not interrupted.
repetitions(Fun) ->
    Once = lists:min([round_of(Fun, 1) || _ <- lists:seq(1, 5)]),
    max(1, round(333 / max(Once, 1))).

%% Microseconds for one run.
round_of(Fun, Times) ->
    Self = self(),
    spawn_link(fun() ->
        Fun(),
        erlang:garbage_collect(),
        Start = erlang:monotonic_time(nanosecond),
        repeat(Times, Fun),
        Self ! {took, (erlang:monotonic_time(nanosecond) - Start) / Times / 1000}
    end),
    receive
        {took, Microseconds} -> Microseconds
    end.

repeat(0, _) -> ok;
repeat(N, Fun) ->
    Fun(),
    repeat(N - 1, Fun).

quartile(Values) -> lists:nth(length(Values) div 4 + 1, lists:sort(Values)).

%%% The programs

count_up(I, N, Sum) when I =< N -> count_up(I + 1, N, Sum + I);
count_up(_, _, Sum) -> Sum.

collatz_up_to(I, N, Best) when I =< N -> collatz_up_to(I + 1, N, max(Best, collatz(I, 0)));
collatz_up_to(_, _, Best) -> Best.

collatz(1, Steps) -> Steps;
collatz(N, Steps) when N rem 2 =:= 0 -> collatz(N div 2, Steps + 1);
collatz(N, Steps) -> collatz(N * 3 + 1, Steps + 1).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

sum(0, Total) -> Total;
sum(N, Total) -> sum(N - 1, Total + N).

gcds(0) -> 0;
gcds(N) -> gcd(832040, 514229 + N) + gcds(N - 1).

gcds(0, _) -> 0;
gcds(N, Point) -> 'bt@user@LanguagePoint':'gcd:and:'(Point, 832040, 514229 + N) + gcds(N - 1, Point).

gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

known(N) -> known(1, N, ?MODULE:make(3, 4), 0).

known(I, N, Point, Sum) when I =< N -> known(I + 1, N, Point, Sum + ?MODULE:weighted(Point, I));
known(_, _, _, Sum) -> Sum.

unknown(N, Point) -> known(1, N, Point, 0).

mixed(Shapes) -> mixed(Shapes, 0).

mixed([#{'__class__' := 'bt@user@LanguagePoint'} = Point | Rest], Sum) ->
    mixed(Rest, Sum + ?MODULE:weighted(Point, 2));
mixed([Square | Rest], Sum) ->
    mixed(Rest, Sum + ?MODULE:square_weighted(Square, 2));
mixed([], Sum) ->
    Sum.

many([#{'__class__' := 'bt@user@LanguageA'} = A | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_a(A, 2));
many([#{'__class__' := 'bt@user@LanguageB'} = B | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_b(B, 2));
many([#{'__class__' := 'bt@user@LanguageC'} = C | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_c(C, 2));
many([#{'__class__' := 'bt@user@LanguageD'} = D | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_d(D, 2));
many([#{'__class__' := 'bt@user@LanguageE'} = E | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_e(E, 2));
many([#{'__class__' := 'bt@user@LanguageF'} = F | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_f(F, 2));
many([#{'__class__' := 'bt@user@LanguageG'} = G | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_g(G, 2));
many([#{'__class__' := 'bt@user@LanguageH'} = H | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_h(H, 2));
many([#{'__class__' := 'bt@user@LanguageI'} = I | Rest], Sum) -> many(Rest, Sum + ?MODULE:scaled_i(I, 2));
many([], Sum) -> Sum.

-spec scaled_a(map(), integer()) -> integer().
scaled_a(#{a := A}, Factor) -> A * Factor.

-spec scaled_b(map(), integer()) -> integer().
scaled_b(#{b := B}, Factor) -> B * Factor.

-spec scaled_c(map(), integer()) -> integer().
scaled_c(#{c := C}, Factor) -> C * Factor.

-spec scaled_d(map(), integer()) -> integer().
scaled_d(#{d := D}, Factor) -> D * Factor.

-spec scaled_e(map(), integer()) -> integer().
scaled_e(#{e := E}, Factor) -> E * Factor.

-spec scaled_f(map(), integer()) -> integer().
scaled_f(#{f := F}, Factor) -> F * Factor.

-spec scaled_g(map(), integer()) -> integer().
scaled_g(#{g := G}, Factor) -> G * Factor.

-spec scaled_h(map(), integer()) -> integer().
scaled_h(#{h := H}, Factor) -> H * Factor.

-spec scaled_i(map(), integer()) -> integer().
scaled_i(#{i := I}, Factor) -> I * Factor.

-spec weighted(map(), integer()) -> integer().
weighted(#{x := X, y := Y}, Weight) -> X * Weight + Y.

-spec square_weighted(map(), integer()) -> integer().
square_weighted(#{side := Side}, Weight) -> Side * Weight.

constructed(N) -> constructed(N, ?MODULE:make(0, 0), ?MODULE:make(1, 2)).

constructed(0, #{x := X}, _) -> X;
constructed(N, Point, Step) -> constructed(N - 1, ?MODULE:plus(Point, Step), Step).

-spec make(integer(), integer()) -> map().
make(X, Y) -> #{'__class__' => 'bt@user@LanguagePoint', x => X, y => Y}.

-spec plus(map(), map()) -> map().
plus(#{x := X, y := Y}, #{x := OtherX, y := OtherY}) -> ?MODULE:make(X + OtherX, Y + OtherY).

do_pure(List) -> lists:foreach(fun(X) -> X * 2 end, List).

detect(List) ->
    case lists:search(fun(X) -> X > 999 end, List) of
        {value, Found} -> Found;
        false -> 0
    end.

maps_put(I, N, Map) when I =< N -> maps_put(I + 1, N, Map#{I => I * 2});
maps_put(_, _, Map) -> map_size(Map).

count_words([Word | Rest], Counts) ->
    Count =
        case Counts of
            #{Word := Known} -> Known;
            _ -> 0
        end,
    count_words(Rest, Counts#{Word => Count + 1});
count_words([], Counts) ->
    map_size(Counts).

join(0, Text) -> string:length(Text);
join(N, Text) -> join(N - 1, <<Text/binary, "ab">>).

interpolate(I, N, Size) when I =< N ->
    Text = <<"item ", (integer_to_binary(I))/binary, " of ", (integer_to_binary(N))/binary>>,
    interpolate(I + 1, N, Size + string:length(Text));
interpolate(_, _, Size) ->
    Size.

expression(0) -> {number, 1};
expression(Depth) when Depth rem 2 =:= 0 -> {add, expression(Depth - 1), expression(Depth - 1)};
expression(Depth) -> {multiply, expression(Depth - 1), expression(Depth - 1)}.

evaluate(_, 0, Sum) -> Sum;
evaluate(Expression, N, Sum) -> evaluate(Expression, N - 1, Sum + evaluate(Expression)).

evaluate({number, N}) -> N;
evaluate({add, A, B}) -> evaluate(A) + evaluate(B);
evaluate({multiply, A, B}) -> evaluate(A) * evaluate(B).

raise(0, Caught) ->
    Caught;
raise(N, Caught) ->
    One =
        try
            error({user_error, <<"no">>})
        catch
            error:{user_error, _} -> 1
        end,
    raise(N - 1, Caught + One).

divide(0, Caught) ->
    Caught;
divide(N, Caught) ->
    One =
        try
            N / zero()
        catch
            error:badarith -> 1
        end,
    divide(N - 1, Caught + One).

zero() -> 0.

guard(I, N, Sum) when I =< N ->
    One =
        try
            I + 1
        catch
            error:_ -> 0
        end,
    guard(I + 1, N, Sum + One);
guard(_, _, Sum) ->
    Sum.

ensure(I, N, Sum) when I =< N ->
    One =
        try
            I + 1
        after
            ok
        end,
    ensure(I + 1, N, Sum + One);
ensure(_, _, Sum) ->
    Sum.

first_above(Limit, [X | _]) when X > Limit -> X;
first_above(Limit, [_ | Rest]) -> first_above(Limit, Rest);
first_above(_, []) -> nil.

calls(0, Server) ->
    gen_server:call(Server, increment);
calls(N, Server) ->
    gen_server:call(Server, increment),
    calls(N - 1, Server).

casts(0, Server) ->
    gen_server:call(Server, increment);
casts(N, Server) ->
    gen_server:cast(Server, increment),
    casts(N - 1, Server).

%%% The bare server

-spec init(integer()) -> {ok, integer()}.
init(Count) -> {ok, Count}.

-spec handle_call(term(), gen_server:from(), integer()) -> {reply, integer(), integer()}.
handle_call(increment, _From, Count) -> {reply, Count + 1, Count + 1}.

-spec handle_cast(term(), integer()) -> {noreply, integer()}.
handle_cast(increment, Count) -> {noreply, Count + 1}.
