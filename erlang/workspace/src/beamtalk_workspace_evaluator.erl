%% @doc The process in which a session's statements run. Its process dictionary holds the session's
%% variables; after each statement it tells the session what changed there, so that the session can
%% start another evaluator with the same variables when this one is stopped.
-module(beamtalk_workspace_evaluator).

-export([start/3, run/3, unwind/2, shows_as/2]).

-export_type([result/0, statement/0]).

%% A statement of a loaded module. `makes_blocks': those that nobody keeps are collected at once, so
%% that the module can go. `waits': whether a future that is its value is waited for. `prints': the
%% value is shown by its `printString' and by nothing else, as scripts compare it.
-type statement() :: #{module := module(), number := pos_integer(), makes_blocks := boolean(), waits := boolean(),
                       prints := boolean()}.

%% What became of a statement.
-type result() :: #{status := ok | error, text := binary(), _ => _}.

-define(TEXT_LIMIT, 1048576).

%% @doc Starts an evaluator linked to the calling session, with variables and cells of another.
-spec start(binary(), pid(), #{term() => term()}) -> pid().
start(Id, Output, Dictionary) ->
    Session = self(),
    spawn_opt(
        fun() ->
            group_leader(Output, self()),
            maps:foreach(fun(Key, Value) -> put(Key, Value) end, Dictionary),
            put('$bt_session', {Id, Session}),
            ok = beamtalk_unwind:expected(),
            loop(Session, kept(maps:from_list(get())))
        end,
        [link, beamtalk_workspace_memory:heap_limit()]
    ).

%% @doc Has the evaluator run a statement; it answers `{done, Reference, Result, Changed, Gone}' to
%% the session.
-spec run(pid(), reference(), statement()) -> ok.
run(Evaluator, Reference, Statement) ->
    Evaluator ! {run, Reference, Statement},
    ok.

%% @doc Ends an evaluator in the middle of a statement. What its `ensure:' blocks say runs first, in the
%% process that this answers; it ends with `{unwound, Pid, Variables, Problem}' to the calling session.
-spec unwind(pid(), pid()) -> pid().
unwind(Evaluator, Output) ->
    Session = self(),
    spawn_opt(
        fun() ->
            group_leader(Output, self()),
            Errors = beamtalk_unwind:take_over(Evaluator),
            beamtalk_cell:tidy([]),
            Variables = maps:filter(fun is_variable/2, maps:from_list(get())),
            Session ! {unwound, self(), Variables, problem(Errors)}
        end,
        [link, beamtalk_workspace_memory:heap_limit()]
    ).

%% What the statement left in its process for itself is not the session's.
is_variable({'$bt_var', _}, _) -> true;
is_variable({'$bt_cell', _}, _) -> true;
is_variable('$bt_cells', _) -> true;
is_variable(_, _) -> false.

problem([]) -> nil;
problem([{Class, Reason, Stack} | _]) ->
    #{message := Message} = failed(Class, Reason, Stack),
    <<"an ensure: block failed: ", Message/binary>>.

%% @doc A value that the running statement may answer shows at the prompt as this text.
-spec shows_as(term(), binary()) -> ok.
shows_as(Value, Text) ->
    _ = get('$bt_session') =/= undefined andalso put('$bt_shows', {Value, Text}),
    ok.

%% What of a process dictionary belongs to the session.
kept(Dictionary) ->
    maps:without(['$ancestors', '$initial_call', '$bt_session', '$bt_chain', '$bt_state', '$bt_shows',
                  '$bt_unwinding'], Dictionary).

loop(Session, Before) ->
    receive
        {run, Reference, #{makes_blocks := MakesBlocks} = Statement} ->
            Result = evaluate(Statement),
            beamtalk_cell:tidy([]),
            _ = MakesBlocks andalso garbage_collect(),
            Now = kept(maps:from_list(get())),
            Session ! {done, Reference, Result, changed(Before, Now), maps:keys(Before) -- maps:keys(Now)},
            garbage_collect_if_big(),
            loop(Session, Now);
        {clear, Asker, Reference} ->
            maps:foreach(fun(Key, _) -> erase(Key) end, Before),
            Asker ! {Reference, ok},
            loop(Session, #{});
        {set, Asker, Reference, Key, Value} ->
            put(Key, Value),
            Asker ! {Reference, ok},
            loop(Session, Before#{Key => Value});
        _Stray ->
            loop(Session, Before)
    end.

%% Comparing is cheap where nothing changed: the same term is the same place in memory.
changed(Before, Now) ->
    maps:filter(
        fun(Key, Value) ->
            case Before of
                #{Key := Old} -> Old =/= Value;
                _ -> true
            end
        end,
        Now).

garbage_collect_if_big() ->
    case process_info(self(), total_heap_size) of
        {total_heap_size, Words} when Words > 10000000 -> garbage_collect(), ok;
        _ -> ok
    end.

evaluate(Statement) ->
    Started = erlang:monotonic_time(microsecond),
    Result = guarded(Statement),
    Result#{microseconds => erlang:monotonic_time(microsecond) - Started}.

guarded(#{module := Module, number := Number, waits := Waits, prints := Prints}) ->
    _ = erase('$bt_shows'),
    try
        Answer = value(Module, Number),
        Value = case Waits of true -> beamtalk_future:value(Answer); false -> Answer end,
        #{status => ok, text => cut(text(Value, Prints)), class => class_name(Value)}
    catch
        Class:Reason:Stack -> failed(Class, Reason, Stack)
    end.

%% `^ e' in a block at the prompt ends the expression with e.
value(Module, Statement) ->
    try Module:'$eval'(Statement)
    catch throw:{'$bt_return', _Token, Value} -> Value
    end.

text(Value, false) ->
    case erase('$bt_shows') of
        {Value, Lines} when Lines =/= <<>> -> Lines;
        _ -> text(Value)
    end;
text(Value, true) ->
    text(Value).

text(Value) when is_binary(Value) ->
    case unicode:characters_to_binary(Value) of
        Value -> Value;
        _ -> print_string(Value)
    end;
text(Value) ->
    print_string(Value).

print_string(Value) ->
    case beamtalk_send:send(Value, printString, []) of
        Text when is_binary(Text) -> Text;
        Other -> unicode:characters_to_binary(io_lib:format("~tp", [Other]))
    end.

cut(Text) when byte_size(Text) =< ?TEXT_LIMIT -> Text;
cut(Text) ->
    case unicode:characters_to_binary(binary:part(Text, 0, ?TEXT_LIMIT)) of
        {_, Whole, _} -> <<Whole/binary, "...">>;
        Whole -> <<Whole/binary, "...">>
    end.

failed(Class, Reason, Stack) ->
    try beamtalk_workspace_error:described(beamtalk_exception:from(Class, Reason, Stack)) of
        Described -> Described#{status => error}
    catch
        %% An exception that cannot even be described must not end the session.
        _:_ ->
            Text = unicode:characters_to_binary(io_lib:format("~tp", [Reason])),
            #{status => error, text => cut(Text), message => cut(Text), kind => Class,
              class => <<"Exception">>, hint => nil, where => nil, stack => []}
    end.

class_name(Value) ->
    try beamtalk_send:send(beamtalk_send:send(Value, class, []), name, []) of
        Name when is_atom(Name) -> atom_to_binary(Name);
        _ -> nil
    catch _:_ -> nil
    end.
