%% @doc Primitives of `Subprocess'. A process of its own owns the ports and keeps the lines that have
%% come until somebody reads them. A port has no separate error output: the program's is led through
%% a FIFO that a second port reads.
-module(beamtalk_subprocess).

-export(['launch:'/2, 'write:to:'/3, 'lineOf:handle:within:'/4, 'linesOf:handle:'/3]).
-export(['exitCodeOf:'/2, 'closeHandle:'/2]).

-define(STREAM_WAIT, 600000).

%% Starts the program; the owner ends with the actor that this runs in.
-spec 'launch:'(term(), list()) -> pid().
'launch:'(_, [Program, Arguments, Variables, Directory]) ->
    Path = executable(beamtalk_check:string(Program, 'Subprocess', 'open:args:')),
    Args = [beamtalk_check:string(A, 'Subprocess', 'open:args:') || A <- beamtalk_check:elements(Arguments, 'Subprocess', 'open:args:')],
    Env = [{text(K), text(V)} || {K, V} <- maps:to_list(beamtalk_check:dictionary(Variables, 'Subprocess', 'open:args:env:dir:'))],
    Dir = beamtalk_check:string(Directory, 'Subprocess', 'open:args:env:dir:'),
    filelib:is_dir(Dir) orelse no_directory(Dir),
    Actor = self(),
    spawn_link(fun() -> start(Actor, Path, Args, Env, Dir) end).

executable(Program) ->
    case os:find_executable(binary_to_list(Program)) of
        false -> beamtalk_check:raise(io_error, 'Subprocess', 'open:args:', ["Subprocess>>open:args: no such program: ", Program]);
        Path -> Path
    end.

-spec no_directory(binary()) -> no_return().
no_directory(Dir) ->
    beamtalk_check:raise(io_error, 'Subprocess', 'open:args:dir:', ["Subprocess>>open:args:dir: no such directory: ", Dir]).

text(X) -> unicode:characters_to_list(beamtalk_print:display_string(X)).

%%% The owner of the ports

start(Actor, Path, Args, Env, Dir) ->
    process_flag(trap_exit, true),
    Fifo = fifo(),
    Script = "fifo=\"$1\"; shift; exec \"$@\" 2>\"$fifo\"",
    Errors = open_port({spawn_executable, "/bin/cat"}, [binary, {line, 65536}, eof, {args, [Fifo]}]),
    Output = open_port({spawn_executable, "/bin/sh"}, [
        binary, {line, 65536}, eof, exit_status, {env, Env}, {cd, Dir}, {args, ["-c", Script, "sh", Fifo, Path | Args]}
    ]),
    Empty = #{lines => queue:new(), partial => [], ended => false, waiting => []},
    loop(#{
        actor => Actor, fifo => Fifo, ports => #{Output => output, Errors => error},
        input => Output, output => Empty, error => Empty, code => nil
    }).

fifo() ->
    Name = io_lib:format("beamtalk-~s-~b", [os:getpid(), erlang:unique_integer([positive])]),
    Path = filename:join(binary_to_list(beamtalk_file:'class tempDirectory'(nil)), lists:flatten(Name)),
    "" = os:cmd("mkfifo -m 600 '" ++ Path ++ "'"),
    Path.

loop(#{actor := Actor, ports := Ports, input := Input} = State) ->
    receive
        {Port, {data, Data}} when is_map_key(Port, Ports) ->
            loop(received(maps:get(Port, Ports), Data, State));
        {Port, eof} when is_map_key(Port, Ports) ->
            loop(ended(maps:get(Port, Ports), State));
        {Port, {exit_status, Code}} when Port =:= Input ->
            _ = file:delete(maps:get(fifo, State)),
            loop(State#{code := Code});
        {line, From, Ref, Side, Deadline} ->
            loop(answer(Side, asked(From, Ref, Side, Deadline, State)));
        {give_up, Ref, Side} ->
            loop(given_up(Ref, Side, State));
        {write, From, Ref, Data} ->
            From ! {Ref, write(Input, Data, State)},
            loop(State);
        {code, From, Ref} ->
            From ! {Ref, maps:get(code, State)},
            loop(State);
        {close, From, Ref} ->
            stop(State),
            From ! {Ref, ok};
        {'EXIT', Actor, _} ->
            stop(State);
        _ ->
            loop(State)
    end.

write(_, _, #{code := Code}) when Code =/= nil -> closed;
write(Input, Data, _) ->
    try port_command(Input, Data) of true -> ok
    catch error:badarg -> closed
    end.

received(Side, {noeol, Part}, State) ->
    #{Side := #{partial := Partial} = Stream} = State,
    State#{Side := Stream#{partial := [Part | Partial]}};
received(Side, {eol, Part}, State) ->
    #{Side := #{partial := Partial, lines := Lines} = Stream} = State,
    Line = iolist_to_binary(lists:reverse(Partial, [Part])),
    answer(Side, State#{Side := Stream#{partial := [], lines := queue:in(Line, Lines)}}).

%% The last line may have no end.
ended(Side, State) ->
    #{Side := #{partial := Partial, lines := Lines} = Stream} = State,
    All = case Partial of
        [] -> Lines;
        _ -> queue:in(iolist_to_binary(lists:reverse(Partial)), Lines)
    end,
    answer(Side, State#{Side := Stream#{partial := [], lines := All, ended := true}}).

asked(From, Ref, Side, Limit, State) ->
    #{Side := #{waiting := Waiting} = Stream} = State,
    erlang:send_after(Limit, self(), {give_up, Ref, Side}),
    State#{Side := Stream#{waiting := Waiting ++ [{From, Ref}]}}.

given_up(Ref, Side, State) ->
    #{Side := #{waiting := Waiting} = Stream} = State,
    case lists:keytake(Ref, 2, Waiting) of
        {value, {From, Ref}, Others} ->
            From ! {Ref, nil},
            State#{Side := Stream#{waiting := Others}};
        false ->
            State
    end.

%% Gives lines to those who wait, and nil when no more can come.
answer(Side, State) ->
    #{Side := #{waiting := Waiting, lines := Lines, ended := Ended} = Stream} = State,
    case {Waiting, queue:out(Lines)} of
        {[], _} -> State;
        {[{From, Ref} | Others], {{value, Line}, Rest}} ->
            From ! {Ref, Line},
            answer(Side, State#{Side := Stream#{waiting := Others, lines := Rest}});
        {[{From, Ref} | Others], {empty, _}} when Ended ->
            From ! {Ref, nil},
            answer(Side, State#{Side := Stream#{waiting := Others}});
        _ -> State
    end.

%% The reader of the FIFO waits for ever where the program was ended before it opened its side.
stop(#{ports := Ports, fifo := Fifo} = State) ->
    Running = [Port || {Port, Side} <- maps:to_list(Ports), is_running(Side, State)],
    case lists:flatmap(fun(Port) -> os_pid(Port, 1000) end, Running) of
        [] -> ok;
        Pids ->
            %% One that was only just being started may not have heard the first signal.
            Kill = "kill " ++ lists:append(lists:join(" ", Pids)),
            os:cmd(Kill ++ " 2>/dev/null; (sleep 0.1; " ++ Kill ++ ") >/dev/null 2>&1 &")
    end,
    lists:foreach(fun(Port) -> catch_closed(Port) end, maps:keys(Ports)),
    file:delete(Fifo).

is_running(output, #{code := Code}) -> Code =:= nil;
is_running(error, #{error := #{ended := Ended}}) -> not Ended.

%% A program's number is known a moment after its port is opened; that of one that has ended no more.
os_pid(Port, Milliseconds) ->
    case {erlang:port_info(Port, os_pid), erlang:port_info(Port, id)} of
        {{os_pid, Pid}, _} when is_integer(Pid) -> [integer_to_list(Pid)];
        {_, undefined} -> [];
        _ when Milliseconds =:= 0 -> [];
        _ -> timer:sleep(1), os_pid(Port, Milliseconds - 1)
    end.

catch_closed(Port) ->
    try port_close(Port)
    catch error:badarg -> true
    end.

%%% Requests

request(Handle, Message) ->
    Ref = monitor(process, Handle),
    Handle ! erlang:insert_element(2, erlang:insert_element(2, Message, Ref), self()),
    receive
        {Ref, Answer} ->
            demonitor(Ref, [flush]),
            Answer;
        {'DOWN', Ref, process, Handle, _} ->
            nil
    end.

-spec 'write:to:'(term(), binary(), pid()) -> nil.
'write:to:'(_, Data, Handle) ->
    case request(Handle, {write, beamtalk_check:string(Data, 'Subprocess', 'writeLine:')}) of
        ok -> nil;
        _ -> beamtalk_check:raise(io_error, 'Subprocess', 'writeLine:', <<"Subprocess>>writeLine: the program has ended">>)
    end.

-spec 'lineOf:handle:within:'(term(), output | error, pid(), term()) -> binary() | nil.
'lineOf:handle:within:'(_, Side, Handle, Limit) ->
    Wait = beamtalk_duration:milliseconds(Limit, 'Subprocess', 'readLine:'),
    request(Handle, {line, Side, Wait}).

-spec 'linesOf:handle:'(term(), output | error, pid()) -> map().
'linesOf:handle:'(_, Side, Handle) ->
    Next = fun(State) ->
        case request(Handle, {line, Side, ?STREAM_WAIT}) of
            nil -> done;
            Line -> {Line, State}
        end
    end,
    beamtalk_stream:source(fun() -> Handle end, Next, fun(_) -> ok end, "lines").

-spec 'exitCodeOf:'(term(), pid()) -> integer() | nil.
'exitCodeOf:'(_, Handle) -> request(Handle, {code}).

-spec 'closeHandle:'(term(), pid() | nil) -> nil.
'closeHandle:'(_, nil) -> nil;
'closeHandle:'(_, Handle) ->
    _ = request(Handle, {close}),
    nil.
