%% @doc What changes a class of a running node: primitives of `Behaviour' that need the workspace.
%% Runs in the sender's process.
-module(beamtalk_workspace_class).

-export([reload/1, compile/3, try_compile/3, precheck_compile/3, remove_selector/2, remove_class/1]).
-export([revert/1, why_kept/1]).

-type class() :: {'$class' | '$metaclass', module()}.

%% @doc Loads the class again from its file.
-spec reload(class()) -> class().
reload({_, Module} = Class) ->
    Name = beamtalk_class:name(Module),
    #{classes := _} = beamtalk_workspace_compiler:ask(reload, Name, Name, reload),
    io:put_chars([<<"Reloaded: ">>, atom_to_binary(Name), <<" (new code loaded)\n">>]),
    Class.

%% @doc Gives the class a method from its source.
-spec compile(class(), atom(), binary()) -> class().
compile(Class, Selector, Source) ->
    compiled(Class, Selector, Source, 'compile:source:', durable).

%% @doc As `compile/3', for a trial: nothing of it goes to files, and it ends with the node.
-spec try_compile(class(), atom(), binary()) -> class().
try_compile(Class, Selector, Source) ->
    compiled(Class, Selector, Source, 'tryCompile:source:', ephemeral).

compiled({Side, Module} = Class, Selector, Source, Message, Intent) ->
    Name = beamtalk_class:name(Module),
    Text = beamtalk_check:string(Source, 'Behaviour', Message),
    Method = beamtalk_check:symbol(Selector, 'Behaviour', Message),
    _ = beamtalk_workspace_compiler:ask(compile, method(Name, Side, Method, Text, Intent), Name, Message),
    Class.

method(Name, Side, Selector, Source, Intent) ->
    maps:merge(beamtalk_workspace_compiler:author(),
               #{class => Name, side => side(Side), selector => Selector, source => Source, intent => Intent}).

side('$class') -> instance;
side('$metaclass') -> class.

%% @doc Whether a method would compile: `ok', or `message' with what is wrong.
-spec precheck_compile(class(), atom(), binary()) -> map().
precheck_compile({Side, Module}, Selector, Source) ->
    Name = beamtalk_class:name(Module),
    Text = beamtalk_check:string(Source, 'Behaviour', 'precheckCompile:source:'),
    Request = {precheck, method(Name, Side, Selector, Text, ephemeral)},
    case beamtalk_workspace_toolchain:request(Request, 30000) of
        {ok, _} -> #{ok => true};
        {error, {refused, Message}} -> #{ok => false, message => Message};
        {error, Reason} -> #{ok => false, message => beamtalk_print:brief(Reason)}
    end.

%% @doc Takes a method out of the class.
-spec remove_selector(class(), atom()) -> class().
remove_selector({Side, Module} = Class, Selector) ->
    Name = beamtalk_class:name(Module),
    Request = method(Name, Side, Selector, nil, durable),
    case beamtalk_workspace_compiler:ask(remove_selector, Request, Name, 'removeSelector:') of
        #{unload := Modules, before := Before, path := Path} ->
            Change = (maps:without([source], Request))#{kind => removeMethod, before => Before, 'after' => nil,
                                                       path => Path, file => nil},
            take_out(Modules, Name, 'removeSelector:', #{changes => [Change]});
        _ -> nil
    end,
    Class.

%% @doc Takes the class out of the node. Its living actors, and classes below it, forbid that.
-spec remove_class(class()) -> nil.
remove_class({_, Module}) ->
    Name = beamtalk_class:name(Module),
    ok = removable(Module, Name),
    take_out([Module], Name, removeFromSystem, removal(Name)).

%% Here, and where else the session takes it out.
removable(Module, Name) ->
    case why_kept(Module) of
        none -> lists:foreach(fun(Node) -> removable(Module, Name, Node) end, elsewhere());
        Why -> refuse(Name, [<<" ">>, Why, <<" and cannot be removed">>])
    end.

removable(Module, Name, Node) ->
    try erpc:call(Node, ?MODULE, why_kept, [Module]) of
        none -> ok;
        Why -> refuse(Name, [<<" ">>, Why, <<" at ">>, atom_to_binary(Node), <<" and cannot be removed">>])
    catch
        error:{erpc, _} -> refuse(Name, [<<" is not removed: ">>, atom_to_binary(Node), <<" does not answer">>])
    end.

elsewhere() ->
    beamtalk_workspace_cluster:up(beamtalk_workspace_compiler:changed_nodes()).

%% @doc What forbids that a class is taken out of this node.
-spec why_kept(module()) -> none | binary().
why_kept(Module) ->
    IsOfLibrary = beamtalk_class:is_of_library(Module),
    HasSubclasses = beamtalk_registry:subclasses(Module) =/= [],
    Living = [Pid || {Pid, Of} <- beamtalk_actor:living(), Of =:= Module],
    if
        IsOfLibrary -> <<"belongs to the class library">>;
        HasSubclasses -> <<"has subclasses">>;
        Living =/= [] -> <<"has living actors">>;
        true -> none
    end.

%% A class that no toolchain knows (one made at run time, or with none attached) leaves no entry.
removal(Name) ->
    case beamtalk_workspace_toolchain:request({remove_class, Name}, 30000) of
        {ok, #{before := Before, path := Path, file := File, marks := Marks}} ->
            Author = beamtalk_workspace_compiler:author(),
            #{marks => Marks,
              changes => [Author#{class => Name, selector => nil, side => nil, kind => removeClass, intent => durable,
                                  before => Before, 'after' => nil, path => Path, file => File}]};
        _ -> #{}
    end.

%% Modules go from this node and from those that the session changes, and from those that are away when
%% they come back.
take_out(Modules, Name, Selector, Record) ->
    Id = beamtalk_workspace_loads:new_id(),
    Paths = maps:get(paths, Record, []) ++ [Path || #{path := Path} <- maps:get(changes, Record, [])],
    Gone = #{id => Id, time => erlang:system_time(millisecond), unloaded => Modules, paths => Paths,
             logged => is_map_key(changes, Record)},
    Elsewhere = elsewhere(),
    case beamtalk_workspace_cluster:begun(Gone, Elsewhere) of
        ok ->
            taken_out(Gone, Name, Selector, Record#{load => Id}),
            _ = Elsewhere =:= [] orelse beamtalk_workspace_cluster:settled(),
            nil;
        {error, Reason} -> not_recorded(Reason, Name, Selector)
    end.

taken_out(#{id := Id, time := Time, unloaded := Modules}, Name, Selector, Record) ->
    case beamtalk_workspace_changes:record(Record) of
        {ok, _, _} ->
            ok = beamtalk_workspace_loader:unload(Modules),
            ok = beamtalk_workspace_loads:taken_out(Id, Time, Modules),
            ok = beamtalk_workspace_cluster:counted(Id);
        {error, Reason} ->
            ok = beamtalk_workspace_cluster:dropped(Id),
            not_recorded(Reason, Name, Selector)
    end.

-spec not_recorded(term(), atom(), atom()) -> no_return().
not_recorded(Reason, Name, Selector) ->
    #{message := Message, hint := Hint} = beamtalk_workspace_problem:not_recorded(Reason),
    beamtalk_exception:raise(io_error, Name, Selector, Message, Hint).

%% @doc Undoes an entry of the log of changes.
-spec revert(beamtalk_workspace_changes:entry()) -> nil.
revert(#{seq := Seq, class := Name, path := Path} = Entry) ->
    case beamtalk_workspace_compiler:ask(revert, Entry, 'ChangeLog', 'revert:') of
        #{unload := Modules} ->
            _ = [removable(Module, Name) || Module <- Modules, is_class(Module)],
            take_out(Modules, 'ChangeLog', 'revert:', #{marks => [{Seq, reverted}], paths => [Path]});
        _ -> nil
    end.

is_class(Module) ->
    erlang:function_exported(Module, '$meta', 0).

-spec refuse(atom(), iodata()) -> no_return().
refuse(Name, Why) ->
    beamtalk_exception:raise(unsupported, Name, removeFromSystem, [atom_to_binary(Name), Why], nil).
