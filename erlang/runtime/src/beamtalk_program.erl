%% @doc Runs a compiled program: `erl -noinput -pa EBIN ... -s beamtalk_program main -extra KIND
%% MODULE MODULES ARGUMENT...'. KIND is `main' (send `main:' with the arguments to the class, end
%% with it) or `supervisor' (start it, end when it ends); MODULES is a file of the names of the
%% program's modules, entered into the registry first. An error that leaves the program is printed
%% to standard error with its stack trace, and the exit code is 1. A program whose reader has gone
%% (`... | head') ends at once and says nothing, as other commands do.
-module(beamtalk_program).

-export([main/0]).

-spec main() -> no_return().
main() ->
    _ = io:setopts(standard_io, [{encoding, unicode}]),
    _ = io:setopts(standard_error, [{encoding, unicode}]),
    watch_output(),
    [Kind, Module, List | Arguments] = init:get_plain_arguments(),
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    _ = start_workspace(),
    {Pid, Monitor} = spawn_monitor(fun() ->
        exit({program, attempt(list_to_atom(Kind), list_to_atom(Module), List, Arguments)})
    end),
    receive
        {'DOWN', Monitor, process, Pid, {program, Result}} -> finish(Result);
        {'DOWN', Monitor, process, Pid, Reason} -> finish({ended, Reason})
    end.

%% What `Workspace' and `Session' answer from, where it is on the code path: the runtime alone runs
%% programs that do not ask them.
start_workspace() ->
    case code:where_is_file("beamtalk_workspace.app") of
        non_existing -> ok;
        _ -> application:ensure_all_started(beamtalk_workspace)
    end.

attempt(Kind, Module, List, Arguments) ->
    try
        register(List),
        start(Kind, Module, [unicode:characters_to_binary(A) || A <- Arguments])
    of
        _ -> ok
    catch
        Class:Reason:Stack -> {raised, exception(Class, Reason, Stack), Stack}
    end.

register(List) ->
    {ok, Text} = file:read_file(List),
    Names = string:lexemes(unicode:characters_to_list(Text), "\n"),
    case beamtalk_registry:register([list_to_atom(Name) || Name <- Names]) of
        ok -> ok;
        {error, Exception} -> error(Exception)
    end.

start(main, Module, Arguments) ->
    Module:'$csend'('main:', {'$class', Module}, [Arguments]);
start(supervisor, Module, _Arguments) ->
    Started = beamtalk_send:send({'$class', Module}, supervise, []),
    {'$supervisor', _, Pid} = beamtalk_send:send(Started, unwrap, []),
    Monitor = monitor(process, Pid),
    receive
        {'DOWN', Monitor, process, Pid, normal} -> ok;
        {'DOWN', Monitor, process, Pid, shutdown} -> ok;
        {'DOWN', Monitor, process, Pid, Reason} -> exit({supervisor, Reason})
    end.

exception(error, #{'__class__' := _} = Exception, _Stack) -> Exception;
exception(Class, Reason, Stack) -> beamtalk_exception:from(Class, Reason, Stack).

%% The process `user' ends with its port when standard output cannot be written, and whoever prints
%% would wait for it. The port tells why; later releases have none. What its supervisors report of that end is about the node and nothing that a reader wants.
watch_output() ->
    {links, Links} = process_info(whereis(user), links),
    lists:foreach(fun watch_output/1, [Port || Port <- Links, is_port(Port)]).

watch_output(Port) ->
    Supervisors = [Pid || {user, Pid, _, _} <- supervisor:which_children(kernel_sup)],
    ok = logger:add_primary_filter(?MODULE, {fun without_end_of_user/2, Supervisors}),
    spawn(fun() ->
        Monitor = monitor(port, Port),
        receive
            {'DOWN', Monitor, port, Port, Reason} -> output_lost(Reason)
        end
    end).

without_end_of_user(#{meta := #{pid := Pid}} = Event, Supervisors) ->
    case lists:member(Pid, Supervisors) orelse tells_of_end(Event, Supervisors) of
        true -> stop;
        false -> ignore
    end;
without_end_of_user(_, _) ->
    ignore.

tells_of_end(#{msg := {report, #{label := {supervisor, _}, report := Report}}}, Supervisors) ->
    lists:member(proplists:get_value(pid, proplists:get_value(offender, Report, [])), Supervisors);
tells_of_end(_, _) ->
    false.

-spec output_lost(term()) -> no_return().
output_lost(epipe) ->
    erlang:halt(0, [{flush, false}]);
output_lost(Reason) ->
    io:format(standard_error, "Error: standard output cannot be written: ~ts~n", [problem(Reason)]),
    erlang:halt(1, [{flush, false}]).

problem(Reason) when is_atom(Reason) -> file:format_error(Reason);
problem(Reason) -> io_lib:format("~0tp", [Reason]).

-spec finish(ok | {raised, map(), [term()]} | {ended, term()}) -> no_return().
finish(ok) ->
    halt_after_output(0);
finish({raised, Exception, Stack}) ->
    io:put_chars(standard_error, [
        "Error: ", text(Exception), "\n", [frame(Frame) || Frame <- beamtalk_stack:frames(Stack)], hint(Exception)
    ]),
    halt_after_output(1);
finish({ended, Reason}) ->
    io:format(standard_error, "Error: the program's process ended: ~0tp~n", [Reason]),
    halt_after_output(1).

%% `halt' flushes the ports; what is still in the queue of the `user' process is waited for.
-spec halt_after_output(0 | 1) -> no_return().
halt_after_output(Code) ->
    _ = io:getopts(user),
    erlang:halt(Code, [{flush, true}]).

text(#{'__class__' := Module} = Exception) ->
    case beamtalk_exception:message_of(Exception) of
        <<>> -> atom_to_binary(beamtalk_class:name(Module));
        Message -> Message
    end;
text(Other) -> io_lib:format("~0tp", [Other]).

hint(#{hint := Hint}) when is_binary(Hint), Hint =/= <<>> -> ["hint: ", Hint, "\n"];
hint(_) -> [].

%% Frames of Beamtalk sources only; those of the runtime tell a reader nothing.
frame(#{method := Method, receiverClass := Class, file := File, line := Line})
    when is_binary(File), is_integer(Line) ->
    io_lib:format("  in ~ts>>~ts (~ts:~b)~n", [Class, Method, File, Line]);
frame(_) ->
    [].
