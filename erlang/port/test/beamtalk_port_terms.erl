%%% Terms for the tests of the codec: random ones, and what the real codec makes of given ones.
-module(beamtalk_port_terms).

-export([random/2, again/1, special/0, sleeping_workers/0]).
-export([listener/0, heard/1, ask/2]).

%% @doc Random terms as the external format writes them; the same for the same seed.
-spec random(integer(), pos_integer()) -> [binary()].
random(Seed, Count) ->
    _ = rand:seed(exsss, Seed),
    [external(term(rand:uniform(6) - 1)) || _ <- lists:seq(1, Count)].

%% @doc Each external term, read and written by the real codec.
-spec again([binary()]) -> [binary()].
again(Terms) ->
    [external(binary_to_term(Term)) || Term <- Terms].

%% @doc One of each kind of term that a random choice would hardly meet.
-spec special() -> [binary()].
special() ->
    Captured = {captured, 1.5},
    Local = fun(X) -> {X, Captured} end,
    Port = open_port({spawn, "true"}, []),
    Terms = [self(), Port, make_ref(), Local, fun lists:map/2, fun erlang:'+'/2,
             1 bsl 64, -(1 bsl 64), 1 bsl 2039, 1 bsl 2040, -(1 bsl 5000), 1 bsl 31, -(1 bsl 31),
             -(1 bsl 31) - 1, (1 bsl 53) - 1, 1 bsl 53, -(1 bsl 53), (1 bsl 59), (1 bsl 60),
             0.0, 1.0e308, -2.2250738585072014e-308, 5.0e-324, 0.1,
             list_to_atom(lists:duplicate(255, $a)), list_to_atom(lists:duplicate(255, 16#20ac)),
             list_to_atom(lists:duplicate(200, 16#e9)), '', 'ÿ',
             <<1:1>>, <<5:3>>, <<255, 127:7>>, <<>>,
             lists:duplicate(65535, 7), lists:duplicate(65536, 7), [256], [-1], [1 | 2], [[] | a],
             list_to_tuple(lists:seq(1, 255)), list_to_tuple(lists:seq(1, 256)), {}, [], #{},
             maps:from_list([{N, N} || N <- lists:seq(1, 32)]),
             maps:from_list([{N, N} || N <- lists:seq(1, 33)]),
             maps:from_list([{{key, N, [N]}, <<N>>} || N <- lists:seq(1, 500)]),
             #{1 => a, 1.0 => b, <<"1">> => c, '1' => d, "1" => e, {1} => f, #{1 => 1} => g},
             %% A pid, a port and a reference of another node.
             binary_to_term(<<131, 88, 119, 3, "a@b", 77:32, 5:32, 9:32>>),
             binary_to_term(<<131, 120, 119, 3, "a@b", (1 bsl 40):64, 9:32>>),
             binary_to_term(<<131, 89, 119, 3, "a@b", 3:32, 9:32>>),
             binary_to_term(<<131, 90, 3:16, 119, 3, "a@b", 9:32, 1:32, 2:32, 3:32>>)],
    catch port_close(Port),
    [external(Term) || Term <- Terms].

%% @doc How many processes are in `timer:sleep/1'.
-spec sleeping_workers() -> non_neg_integer().
sleeping_workers() ->
    length([Pid || Pid <- processes(),
                   process_info(Pid, current_function) =:= {current_function, {timer, sleep, 1}}]).

%% @doc A process that remembers what it is sent.
-spec listener() -> pid().
listener() ->
    spawn(fun() -> listen([]) end).

listen(Heard) ->
    receive
        {'$heard', From, Ref} -> From ! {Ref, lists:reverse(Heard)}, listen(Heard);
        Message -> listen([Message | Heard])
    end.

%% @doc What a listener has heard.
-spec heard(atom()) -> [term()].
heard(Listener) ->
    Ref = make_ref(),
    Listener ! {'$heard', self(), Ref},
    receive {Ref, Heard} -> Heard after 1000 -> timeout end.

%% @doc Asks the program behind a port program.
-spec ask(node(), term()) -> term().
ask(Node, Term) ->
    Ref = make_ref(),
    {beamtalk_port_requests, Node} ! {request, self(), Ref, Term},
    receive {reply, Ref, Answer} -> Answer after 5000 -> timeout end.

external(Term) ->
    term_to_binary(Term, [{minor_version, 2}]).

term(0) -> leaf(rand:uniform(12));
term(Depth) ->
    case rand:uniform(7) of
        1 -> list_to_tuple(terms(Depth));
        2 -> terms(Depth);
        3 -> maps:from_list([{term(Depth - 1), term(Depth - 1)} || _ <- lists:seq(1, size_of())]);
        4 -> [term(Depth - 1) | leaf(3)];
        5 -> maps:from_list([{leaf(3), term(Depth - 1)} || _ <- lists:seq(1, size_of())]);
        _ -> leaf(rand:uniform(12))
    end.

terms(Depth) -> [term(Depth - 1) || _ <- lists:seq(1, size_of())].

size_of() -> rand:uniform(6) - 1.

leaf(1) -> rand:uniform(256) - 1;
leaf(2) -> rand:uniform(1 bsl 40) - (1 bsl 39);
leaf(3) -> list_to_atom("atom" ++ integer_to_list(rand:uniform(50)));
leaf(4) -> list_to_atom([characters(rand:uniform(4)) || _ <- lists:seq(1, size_of())]);
leaf(5) -> (rand:uniform() - 0.5) * math:pow(10, rand:uniform(40) - 20);
leaf(6) -> float(rand:uniform(1000));
leaf(7) -> sign() * (rand:uniform(1 bsl 64) bsl rand:uniform(3000));
leaf(8) -> rand:bytes(rand:uniform(100) - 1);
leaf(9) ->
    Bits = rand:uniform(40) - 1,
    <<(rand:uniform(1 bsl 40) - 1):Bits>>;
leaf(10) -> [rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(20))];
leaf(11) -> make_ref();
leaf(12) -> sign() * ((1 bsl (8 * rand:uniform(9))) - rand:uniform(3) + 1).

sign() -> 1 - 2 * (rand:uniform(2) - 1).

characters(1) -> $a + rand:uniform(20);
characters(2) -> 16#e0 + rand:uniform(20);
characters(3) -> 16#3b0 + rand:uniform(20);
characters(4) -> 16#1f600 + rand:uniform(20).
