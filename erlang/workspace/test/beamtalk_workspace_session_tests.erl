-module(beamtalk_workspace_session_tests).
-include_lib("eunit/include/eunit.hrl").
-compile([export_all, nowarn_export_all]).

-define(SAMPLES, beamtalk_workspace_samples).

session_test_() ->
    {setup, fun ?SAMPLES:setup/0, fun ?SAMPLES:cleanup/1,
     [{atom_to_list(Name), {timeout, 10, fun() -> ?MODULE:Name() end}}
      || Name <- [values_in_order, variables_last, error_keeps_variables, error_stops_or_goes_on,
                  interrupt_keeps_variables, limit_of_time, killed_evaluator_keeps_variables,
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
