-module(beamtalk_workspace_session_tests).
-include_lib("eunit/include/eunit.hrl").
-compile([export_all, nowarn_export_all]).

-define(SAMPLES, beamtalk_workspace_samples).

session_test_() ->
    {setup, fun ?SAMPLES:setup/0, fun ?SAMPLES:cleanup/1,
     [{atom_to_list(Name), {timeout, 10, fun() -> ?MODULE:Name() end}}
      || Name <- [values_in_order, variables_last, error_keeps_variables, error_stops_or_goes_on,
                  interrupt_keeps_variables, limit_of_time, interrupt_runs_blocks, blocks_see_and_keep_variables,
                  limit_runs_blocks, block_that_runs_ends_first, second_interrupt_ends_blocks,
                  failing_block_is_told, closing_runs_blocks, killed_evaluator_keeps_variables,
                  output_before_value, captured_output, output_limit, names_are_used_again,
                  held_block_keeps_its_name, no_session_without_names, sessions_are_apart,
                  closing_with_the_client]]}.

%% Statements are bodies of `$eval/1' clauses.
module(Name, Bodies) ->
    Clauses = [io_lib:format("'$eval'(~b) -> ~s", [N, Body])
               || {N, Body} <- lists:zip(lists:seq(1, length(Bodies)), Bodies)],
    ?SAMPLES:code(Name, [io_lib:format("-module(~p).~n-export(['$eval'/1]).~n", [Name]),
                         lists:join(";\n", Clauses), ".\n"]).

open() ->
    {ok, #{pid := Pid, names := [Name | _]}} = beamtalk_workspace_session:open(self(), #{}),
    {Pid, Name}.

run({Pid, Name}, Bodies) -> run({Pid, Name}, Bodies, #{}).

run({Pid, Name}, Bodies, Options) ->
    {_, Beam} = module(Name, Bodies),
    {ok, Answer} = beamtalk_workspace_session:evaluate(Pid, Options#{
        module => Name, beam => Beam, statements => lists:seq(1, length(Bodies))}),
    Answer.

texts(#{results := Results}) -> [Text || #{text := Text} <- Results].
statuses(#{results := Results}) -> [Status || #{status := Status} <- Results].

values_in_order() ->
    ?assertEqual([<<"a">>, <<"b">>], texts(run(open(), ["<<\"a\">>", "<<\"b\">>"]))).

variables_last() ->
    {Pid, _} = Session = open(),
    #{name := Next, variables := [x]} = run(Session, ["beamtalk_binding:set(x, <<\"one\">>)"]),
    ?assertEqual([<<"one">>], texts(run({Pid, Next}, ["beamtalk_binding:get(x)"]))),
    ?assertEqual(#{x => <<"one">>}, beamtalk_workspace_session:bindings(Pid)).

error_keeps_variables() ->
    {Pid, _} = Session = open(),
    Answer = run(Session, ["beamtalk_binding:set(x, <<\"1\">>)", "beamtalk_binding:get(nope)", "<<\"not run\">>"]),
    ?assertEqual([ok, error], statuses(Answer)),
    [_, #{message := Message}] = maps:get(results, Answer),
    ?assertEqual(<<"Undefined variable: nope">>, Message),
    ?assertEqual(#{x => <<"1">>}, beamtalk_workspace_session:bindings(Pid)).

error_stops_or_goes_on() ->
    ?assertEqual([error, ok], statuses(run(open(), ["error(badarg)", "<<>>"], #{continue => true}))).

interrupt_keeps_variables() ->
    {Pid, _} = Session = open(),
    #{name := Next} = run(Session, ["beamtalk_binding:set(x, <<\"kept\">>)"]),
    Self = self(),
    spawn(fun() -> Self ! {answer, run({Pid, Next}, ["receive never -> ok end"])} end),
    timer:sleep(50),
    ok = beamtalk_workspace_session:interrupt(Pid),
    Answer = receive {answer, Given} -> Given after 2000 -> error(no_answer) end,
    ?assertEqual([interrupted], statuses(Answer)),
    ?assertEqual([<<"kept">>], texts(run({Pid, maps:get(name, Answer)}, ["beamtalk_binding:get(x)"]))),
    ?assertEqual(idle, beamtalk_workspace_session:interrupt(Pid)).

limit_of_time() ->
    ?assertEqual([timeout], statuses(run(open(), ["receive never -> ok end"], #{limit => 50}))).

%% What a statement tells of is sent to the process that the test is.
told(Text) -> io_lib:format("list_to_pid(~p) ! ~s", [pid_to_list(self()), Text]).

ensuring(Body, After) ->
    io_lib:format("beamtalk_exception_handler:ensure(fun() -> ~s end, fun() -> ~s end)", [Body, After]).

%% Begins a statement that tells `began' when it has come to where it stays; answers who gets its answer.
begun(Session, Statement) ->
    {_, Monitor} = spawn_monitor(fun() -> exit({answer, try run(Session, [Statement]) catch error:_ -> ended end}) end),
    receive began -> Monitor after 2000 -> error(not_begun) end.

answer(Monitor) ->
    receive {'DOWN', Monitor, process, _, {answer, Answer}} -> Answer after 4000 -> error(no_answer) end.

heard(Expected) ->
    receive Message when is_atom(Message) -> ?assertEqual(Expected, Message) after 2000 -> error({not_heard, Expected}) end.

forever() -> [told("began"), ", receive never -> ok end"].

interrupt_runs_blocks() ->
    {Pid, _} = Session = open(),
    Inner = ensuring(ensuring(forever(), told("inner")), told("outer")),
    Curtailed = io_lib:format("beamtalk_exception_handler:if_curtailed(fun() -> ~s end, fun() -> ~s end)",
                              [Inner, told("curtailed")]),
    Monitor = begun(Session, [ensuring("done", told("before")), ", ", Curtailed]),
    ok = beamtalk_workspace_session:interrupt(Pid),
    [heard(Each) || Each <- [before, inner, outer, curtailed]],
    ?assertEqual([interrupted], statuses(answer(Monitor))).

%% A loop in which nothing is received is stopped all the same.
blocks_see_and_keep_variables() ->
    {Pid, _} = Session = open(),
    Loop = ["beamtalk_binding:set(x, <<\"1\">>), ", told("began"), ", (fun F(N) -> F(N + 1) end)(0)"],
    Monitor = begun(Session, ensuring(Loop, "beamtalk_binding:set(y, [beamtalk_binding:get(x)])")),
    ok = beamtalk_workspace_session:interrupt(Pid),
    ?assertEqual([interrupted], statuses(answer(Monitor))),
    ?assertEqual(#{x => <<"1">>, y => [<<"1">>]}, beamtalk_workspace_session:bindings(Pid)).

limit_runs_blocks() ->
    Statement = ensuring("receive never -> ok end", told("let_go")),
    ?assertEqual([timeout], statuses(run(open(), [Statement], #{limit => 50}))),
    heard(let_go).

%% It is not run twice, nor left in the middle; and what follows it does not run.
block_that_runs_ends_first() ->
    {Pid, _} = Session = open(),
    After = [told("began"), ", receive after 300 -> ok end, ", told("ended")],
    Monitor = begun(Session, ensuring([ensuring("done", After), ", ", told("went_on")], told("outer"))),
    ok = beamtalk_workspace_session:interrupt(Pid),
    [heard(Each) || Each <- [ended, outer]],
    ?assertEqual([interrupted], statuses(answer(Monitor))).

second_interrupt_ends_blocks() ->
    {Pid, _} = Session = open(),
    Monitor = begun(Session, ensuring(forever(), [told("unwinds"), ", receive never -> ok end"])),
    ok = beamtalk_workspace_session:interrupt(Pid),
    heard(unwinds),
    ok = beamtalk_workspace_session:interrupt(Pid),
    #{results := [#{status := interrupted, hint := Hint}], name := Next} = answer(Monitor),
    ?assertEqual(<<"its ensure: blocks had not ended, and were stopped">>, Hint),
    ?assertEqual([<<"on">>], texts(run({Pid, Next}, ["<<\"on\">>"]))).

failing_block_is_told() ->
    {Pid, _} = Session = open(),
    Monitor = begun(Session, ensuring(ensuring(forever(), "error(badarg)"), told("outer"))),
    ok = beamtalk_workspace_session:interrupt(Pid),
    heard(outer),
    #{results := [#{status := interrupted, hint := Hint}]} = answer(Monitor),
    ?assertMatch(<<"an ensure: block failed: ", _/binary>>, Hint).

closing_runs_blocks() ->
    {Pid, _} = Session = open(),
    _ = begun(Session, ensuring(forever(), told("let_go"))),
    ok = beamtalk_workspace_session:close(Pid),
    heard(let_go).

killed_evaluator_keeps_variables() ->
    {Pid, _} = Session = open(),
    Answer = run(Session, ["beamtalk_binding:set(x, <<\"kept\">>)", "exit(self(), kill), receive never -> ok end"]),
    ?assertEqual([ok, exit], statuses(Answer)),
    ?assertEqual([<<"kept">>], texts(run({Pid, maps:get(name, Answer)}, ["beamtalk_binding:get(x)"]))).

output_before_value() ->
    #{written := 6} = run(open(), ["io:put_chars(<<\"abc\\n\">>), io:put_chars(\"d\\n\"), <<>>"]),
    ?assertEqual(<<"abc\nd\n">>, collected(6, <<>>)).

collected(Size, Text) when byte_size(Text) >= Size -> Text;
collected(Size, Text) ->
    receive
        {request, From, Reference, {output, _, More}} ->
            From ! {reply, Reference, {ok, ok}},
            collected(Size, <<Text/binary, More/binary>>)
    after 1000 -> error({only, Text})
    end.

captured_output() ->
    #{results := [#{output := Output}]} = run(open(), ["io:format(\"~ts\", [[8364]]), <<>>"], #{capture => true}),
    ?assertEqual(<<"€"/utf8>>, Output).

output_limit() ->
    #{results := [#{output := Output}]} =
        run(open(), ["[io:put_chars(<<\"0123456789\">>) || _ <- lists:seq(1, 1000)], <<>>"],
            #{capture => true, output_limit => 25}),
    ?assertMatch({match, _}, re:run(Output, "^0123456789012345678901234\n\\[the output limit is reached")).

names_are_used_again() ->
    {Pid, First} = open(),
    Used = lists:foldl(
        fun(_, {Name, Seen}) ->
            #{name := Next} = run({Pid, Name}, ["<<>>"]),
            {Next, Seen#{Name => true}}
        end,
        {First, #{}}, lists:seq(1, 60)),
    ?assert(map_size(element(2, Used)) < 20).

held_block_keeps_its_name() ->
    {Pid, First} = open(),
    #{name := Second} = run({Pid, First}, ["X = self(), beamtalk_binding:set(b, fun() -> {held, X} end), <<>>"]),
    lists:foldl(fun(_, Name) -> maps:get(name, run({Pid, Name}, ["<<>>"])) end, Second, lists:seq(1, 30)),
    #{b := Block} = beamtalk_workspace_session:bindings(Pid),
    ?assertMatch({held, _}, Block()).

sessions_are_apart() ->
    {First, FirstName} = open(),
    {Second, SecondName} = open(),
    run({First, FirstName}, ["beamtalk_binding:set(x, <<\"first\">>)"]),
    ?assertEqual([error], statuses(run({Second, SecondName}, ["beamtalk_binding:get(x)"]))).

no_session_without_names() ->
    Before = beamtalk_workspace_session_sup:sessions(),
    Taken = all_names(1000),
    ?assertMatch({error, #{kind := too_many_blocks, message := <<_/binary>>}},
                 beamtalk_workspace_session:open(self(), #{})),
    beamtalk_workspace_names:give_back([{Name, <<>>, 0} || Name <- Taken]),
    ?assertEqual([], [Pid || Pid <- beamtalk_workspace_session_sup:sessions() -- Before, is_process_alive(Pid)]),
    ?assertMatch({Pid, _} when is_pid(Pid), open()).

%% So many at a time, then fewer, until there is none.
all_names(0) ->
    [];
all_names(Count) ->
    case beamtalk_workspace_names:lend(Count) of
        {ok, Names} -> Names ++ all_names(Count);
        {error, too_many} -> all_names(Count div 10)
    end.

closing_with_the_client() ->
    Self = self(),
    Client = spawn(fun() ->
        {ok, #{pid := Pid}} = beamtalk_workspace_session:open(self(), #{}),
        Self ! {opened, Pid},
        receive stop -> ok end
    end),
    Session = receive {opened, Pid} -> Pid after 1000 -> error(not_opened) end,
    Monitor = monitor(process, Session),
    exit(Client, kill),
    receive {'DOWN', Monitor, process, Session, normal} -> ok after 1000 -> error(still_open) end.
